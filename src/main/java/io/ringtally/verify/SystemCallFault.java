package io.ringtally.verify;

import java.util.List;
import java.util.SplittableRandom;

/**
 * The service is killed as one of its threads makes its n-th system call of a kind.
 *
 * <p>Threading: immutable.
 */
final class SystemCallFault implements Fault {

    private static final long REACHED_MILLIS = 5_000;

    /** A call, and between which numbers of it a thread under load dies. */
    private record Call(String name, int least, int most) {
    }

    private static final List<Call> CALLS = List.of(
            new Call("write", 300, 2_000), new Call("read", 2_000, 6_000),
            new Call("pwrite64", 10, 120), new Call("fdatasync", 10, 60),
            new Call("epoll_wait", 150, 1_000),
            new Call("futex", 400, 3_000));

    @Override
    public String name() {
        return "syscall";
    }

    @Override
    public String impossible(Surroundings surroundings) {
        return surroundings.strace() ? "" : "strace does not run here";
    }

    @Override
    public Launch launch(SplittableRandom random, boolean soon) {
        Call call = CALLS.get(random.nextInt(CALLS.size()));
        int n = random.nextInt(call.least(), call.most() + 1);
        return new Launch("", Strace.killAt(call.name(), soon ? call.least() : n));
    }

    @Override
    public Aftermath strike(Round round) throws InterruptedException {
        return round.awaitFall(REACHED_MILLIS) ? Aftermath.DIED : Aftermath.NOT_REACHED;
    }
}
