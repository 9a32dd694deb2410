package io.ringtally.ring;

import com.lmax.disruptor.MultiProducerSequencer;
import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.Sequencer;
import com.lmax.disruptor.WaitStrategy;
import io.ringtally.journal.Head;

/**
 * What producers and stages of one ring share: the Disruptor's sequencer, the slots, and a bell per
 * stage.
 *
 * <p>Design note: the Disruptor's own consumers wake on every publish, and its exception handler
 * ends them on the first failure. The stages here sleep long and have failure rules of their own,
 * so they follow the sequencer directly.
 *
 * <p>Threading: immutable; the parts say their own.
 */
record RingCore(RingSettings settings, Sequencer sequencer, Slots slots, Bells bells) {

    /** Makes a ring over a head. */
    static RingCore over(Head head, RingSettings settings) {
        Sequencer sequencer = new MultiProducerSequencer(settings.slots(), new NobodyWaits());
        return new RingCore(settings, sequencer, new Slots(head), new Bells());
    }

    /** Stages park on their bells and never on the sequencer, so a publish has nobody to signal. */
    private static final class NobodyWaits implements WaitStrategy {

        @Override
        public long waitFor(long sequence, Sequence cursor, Sequence dependent,
                SequenceBarrier barrier) {
            throw new UnsupportedOperationException("stages wait on their doorbells");
        }

        @Override
        public void signalAllWhenBlocking() {
        }
    }
}
