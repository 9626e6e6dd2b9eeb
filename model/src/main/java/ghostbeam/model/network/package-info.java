/** What the network is: architectures and the one forward pass over them. */
package ghostbeam.model.network;
