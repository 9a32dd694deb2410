package io.ringtally.persist;

/**
 * What a log's writer knows of its checkpoint row: where it stands for certain, and where the
 * transaction under way, whose outcome may be unknown, would take it.
 *
 * <p>Threading: immutable. While the same instance is being shown, the row holds one of the two.
 *
 * @param done the last checkpoint known to be committed
 * @param target the one being written; the same as {@code done} when nothing is
 */
public record Folding(Checkpoint done, Checkpoint target) {
}
