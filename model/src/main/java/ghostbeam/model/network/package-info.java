/** Networks: architectures and their forward pass. */
package ghostbeam.model.network;
