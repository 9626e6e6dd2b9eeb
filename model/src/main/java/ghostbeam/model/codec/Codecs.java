package ghostbeam.model.codec;

/** One instance of each codec a JVM uses, made when first asked for. */
final class Codecs {
  private Codecs() {}

  private static final class TurboJpegHolder {
    static final Codec INSTANCE = new TurboJpegCodec();
  }

  private static final class OpenCvHolder {
    static final Codec INSTANCE = new OpenCvCodec();
  }

  static Codec best() {
    String forced = System.getProperty(Codec.PROPERTY, "");
    if (forced.isEmpty()) {
      return TurboJpeg.ABSENCE.isEmpty() ? TurboJpegHolder.INSTANCE : openCv();
    }
    return named(forced);
  }

  static Codec named(String name) {
    return switch (name) {
      case "turbojpeg" -> turboJpeg();
      case "opencv" -> openCv();
      default ->
          throw new IllegalStateException(
              Codec.PROPERTY + "=" + name + ", expected turbojpeg or opencv");
    };
  }

  /** Loading it unpacks 65 MB, so nobody asks before there is something to decode. */
  static Codec openCv() {
    return OpenCvHolder.INSTANCE;
  }

  private static Codec turboJpeg() {
    if (TurboJpeg.ABSENCE.isPresent()) {
      throw new IllegalStateException(
          String.format(
              "%s=turbojpeg, but libturbojpeg cannot be loaded (%s); install libturbojpeg0 or"
                  + " leave the property out",
              Codec.PROPERTY, TurboJpeg.ABSENCE.get()));
    }
    return TurboJpegHolder.INSTANCE;
  }
}
