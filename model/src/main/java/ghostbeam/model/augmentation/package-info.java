/** Training's random transforms: crops, colours and distortions, each a pure function of a seed. */
package ghostbeam.model.augmentation;
