package io.ringtally.journal;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The rounds of {@link PowerLossTest} are believed because they catch each of these. */
@ExtendWith(QuietLog.class)
class PlantedBugsTest {

    private static final int ROUNDS = 200;

    @TempDir
    private Path directory;

    private void isCaught(String what, PlantedBug bug) throws IOException {
        for (long seed = 1; seed <= ROUNDS; seed++) {
            try {
                new Seeds(seed, 1).run(directory, bug);
            } catch (AssertionError caught) {
                System.out.println("PlantedBugsTest: " + what + " is caught by seed " + seed
                        + ": " + firstLine(caught.getCause()));
                return;
            }
        }
        fail(what + " was not caught in " + ROUNDS + " rounds");
    }

    private static String firstLine(Throwable caught) {
        Throwable inner = caught.getCause() == null ? caught : caught.getCause();
        String text = inner.toString();
        return text.substring(0, Math.min(text.length(), 160));
    }

    @Test
    void answeringSyncedBeforeTheSync() throws IOException {
        isCaught("answering synced before the sync", new PlantedBug() {

            @Override
            long synced(Journal journal) {
                return journal.written().number();
            }
        });
    }

    @Test
    void aSyncThatDoesNothing() throws IOException {
        isCaught("a sync that does nothing", new PlantedBug() {

            @Override
            Disk on(Disk disk) {
                return new WrappedDisk(disk) {

                    @Override
                    void force(DiskFile file) {
                    }
                };
            }
        });
    }

    @Test
    void aDirectoryThatIsNotSynced() throws IOException {
        isCaught("a directory that is not synced", new PlantedBug() {

            @Override
            Disk on(Disk disk) {
                return new WrappedDisk(disk) {

                    @Override
                    public void forceNames() {
                    }
                };
            }
        });
    }

    @Test
    void aSyncThatIsRetriedAfterAnErrorAndBelieved() throws IOException {
        isCaught("a sync that is retried after an error", new PlantedBug() {

            @Override
            Disk on(Disk disk) {
                return new WrappedDisk(disk) {

                    @Override
                    void force(DiskFile file) throws IOException {
                        try {
                            file.force();
                        } catch (IOException failed) {
                            file.force();
                        }
                    }
                };
            }
        });
    }

    @Test
    void aRecoveryThatAcceptsBeforeItHasForcedWhatItRecovered() throws IOException {
        isCaught("a recovery that has not forced what it recovered", new PlantedBug() {

            private boolean recovering;

            @Override
            void recovering() {
                recovering = true;
            }

            @Override
            void accepting() {
                recovering = false;
            }

            @Override
            Disk on(Disk disk) {
                return new WrappedDisk(disk) {

                    @Override
                    void force(DiskFile file) throws IOException {
                        if (!recovering) {
                            file.force();
                        }
                    }
                };
            }
        });
    }

    @Test
    void aFlushAheadOfTheForcedBody() throws IOException {
        isCaught("a flush ahead of the forced body", new PlantedBug() {

            @Override
            long flushable(Journal journal) {
                return journal.written().number();
            }
        });
    }

    @Test
    void aChecksumThatIsNotChecked() throws IOException {
        isCaught("a checksum that is not checked", new PlantedBug() {

            @Override
            Disk on(Disk disk) {
                return new ForgivingDisk(disk);
            }
        });
    }

    /** Whatever is read of a block has the right checksum: as if nobody compared them. */
    private static final class ForgivingDisk extends WrappedDisk {

        ForgivingDisk(Disk below) {
            super(below);
        }

        @Override
        void read(DiskFile file, ByteBuffer to, long offset) throws IOException {
            int from = to.position();
            int end = to.limit();
            file.read(to, offset);
            for (int at = from; at + BodyLayout.ALIGNMENT <= end; at += BodyLayout.ALIGNMENT) {
                int length = to.getInt(at + BodyLayout.BLOCK_LENGTH);
                if (to.getInt(at + BodyLayout.MAGIC) == BodyLayout.BLOCK_MAGIC
                        && length >= BodyLayout.BLOCK_HEADER_BYTES && length <= end - at) {
                    to.putInt(at, BodyLayout.checksum(to, at, length));
                }
            }
            assertTrue(to.position() == end);
        }
    }
}
