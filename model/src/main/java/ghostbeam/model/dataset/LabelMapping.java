package ghostbeam.model.dataset;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Maps a dataset's classes to a network's. Classes are matched by name, whatever their order on
 * either side, and the network may know more of them than the data has, as an ImageNet network does
 * for ImageNet-R's 200 classes. Where one side has only numbers, classes are matched by position,
 * and both sides must have the same number of them.
 */
public final class LabelMapping implements Serializable {
  /** No class. */
  public static final int NONE = -1;

  private static final long serialVersionUID = 1L;

  private final List<String> names;
  private final int[] toNetwork;
  private final int[] toData;

  private LabelMapping(List<String> names, int[] toNetwork) {
    this.names = names;
    this.toNetwork = toNetwork;
    this.toData = new int[names.size()];
    Arrays.fill(toData, NONE);
    for (int label = 0; label < toNetwork.length; label++) {
      toData[toNetwork[label]] = label;
    }
  }

  /**
   * Matches classes, each list in its own label order.
   *
   * @throws IllegalArgumentException where the network does not know all of the data's classes; the
   *     message calls the network "it" and gives no remedy
   */
  public static LabelMapping of(List<String> data, List<String> network) {
    if (byPosition(data, network) || data.equals(network)) {
      requireAsMany(data, network);
      return new LabelMapping(
          List.copyOf(ClassNames.areNumbers(network) ? data : network),
          IntStream.range(0, data.size()).toArray());
    }
    Map<String, Integer> indices = new HashMap<>();
    for (int index = 0; index < network.size(); index++) {
      indices.putIfAbsent(network.get(index), index);
    }
    requireAllKnown(data, network, indices);
    return new LabelMapping(List.copyOf(network), data.stream().mapToInt(indices::get).toArray());
  }

  /** Whether classes are matched by position, since one side has only numbers. */
  public static boolean byPosition(List<String> data, List<String> network) {
    return !data.equals(network) && (ClassNames.areNumbers(data) || ClassNames.areNumbers(network));
  }

  private static void requireAsMany(List<String> data, List<String> network) {
    if (data.size() != network.size()) {
      throw new IllegalArgumentException(
          "it knows %d classes, the data has %d, and %s are only numbers, which match by position alone"
              .formatted(
                  network.size(),
                  data.size(),
                  ClassNames.areNumbers(network) ? "its own" : "the data's"));
    }
  }

  private static void requireAllKnown(
      List<String> data, List<String> network, Map<String, Integer> indices) {
    List<String> unknown = new ArrayList<>(data);
    unknown.removeAll(indices.keySet());
    if (unknown.size() == data.size() && !unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "it knows none of the data's %d classes, such as %s; its own %d are such as %s"
              .formatted(data.size(), data.get(0), network.size(), network.get(0)));
    }
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "it knows %d of the data's %d classes, but not %s%s"
              .formatted(
                  data.size() - unknown.size(),
                  data.size(),
                  String.join(", ", unknown.subList(0, Math.min(3, unknown.size()))),
                  unknown.size() > 3 ? ", …" : ""));
    }
  }

  /** The number of classes that the network knows: the width of its logits. */
  public int networkClasses() {
    return toData.length;
  }

  /** The number of classes in the data. */
  public int dataClasses() {
    return toNetwork.length;
  }

  /** Whether the network knows classes that the data does not have. */
  public boolean isPart() {
    return dataClasses() < networkClasses();
  }

  /** The index of the network's logit for one of the data's labels. */
  public int toNetwork(int label) {
    return toNetwork[label];
  }

  /** The data's label for one of the network's indices; {@link #NONE} where the data has none. */
  public int toData(int index) {
    return index == NONE ? NONE : toData[index];
  }

  /**
   * Whether a label has the highest logit among the data's classes, ignoring the network's other
   * classes; of equal logits the one with the lower index wins.
   *
   * @param logits finite, in the network's order, starting at {@code offset}
   */
  public boolean leads(float[] logits, int offset, int label) {
    int own = toNetwork[label];
    for (int rival : toNetwork) {
      float lead = logits[offset + rival] - logits[offset + own];
      if (lead > 0 || (lead == 0 && rival < own)) {
        return false;
      }
    }
    return true;
  }

  /**
   * The name of one of the network's classes, taken from the data where the network has only
   * numbers.
   */
  public String name(int index) {
    return names.get(index);
  }
}
