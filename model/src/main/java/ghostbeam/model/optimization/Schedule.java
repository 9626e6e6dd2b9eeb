package ghostbeam.model.optimization;

/** A learning rate schedule over optimiser steps, counted from 0. */
@FunctionalInterface
public interface Schedule {

  /** The learning rate of a step. */
  double at(long step);

  /** The rate on half a cosine from one rate to another, at {@code progress} from 0 to 1. */
  static double alongCosine(double from, double to, double progress) {
    return to + (from - to) * (1 + Math.cos(Math.PI * progress)) / 2;
  }
}
