package ghostbeam.model.codec;

import java.util.Map;
import java.util.function.Supplier;

/** The codecs by name; all are stateless. */
final class Codecs {
  private static final Map<String, Supplier<Codec>> BY_NAME =
      Map.of("turbojpeg", Codecs::turboJpeg, "opencv", OpenCvCodec::new);

  private Codecs() {}

  static Codec best() {
    String forced = System.getProperty(Codec.PROPERTY, "");
    if (!forced.isEmpty()) {
      return named(forced);
    }
    return TurboJpeg.ABSENCE.isEmpty() ? new TurboJpegCodec() : new OpenCvCodec();
  }

  static Codec named(String name) {
    if (!BY_NAME.containsKey(name)) {
      throw new IllegalStateException(
          Codec.PROPERTY + "=" + name + ", expected turbojpeg or opencv");
    }
    return BY_NAME.get(name).get();
  }

  private static Codec turboJpeg() {
    if (TurboJpeg.ABSENCE.isPresent()) {
      throw new IllegalStateException(
          String.format(
              "%s=turbojpeg, but libturbojpeg cannot be loaded (%s); install libturbojpeg0 or"
                  + " leave the property out",
              Codec.PROPERTY, TurboJpeg.ABSENCE.get()));
    }
    return new TurboJpegCodec();
  }
}
