package ghostbeam.model.network;

/** STUB: the shape of one network. */
public record Architecture(String name, int classes, int inputSize) {}
