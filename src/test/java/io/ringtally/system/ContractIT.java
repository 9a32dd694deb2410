package io.ringtally.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What {@code openapi.json} says, the service does: every status of every operation is provoked
 * once, and no answer is given that is not in there. A new operation needs a good request in
 * {@link ContractCalls}; most statuses follow from it by what is done to it in one of the parts.
 */
class ContractIT {

    @TempDir
    private Path directory;

    private final Contract contract = new Contract();
    private final TroubledContract troubled = new TroubledContract(contract);

    @AfterEach
    void stop() throws Exception {
        troubled.close();
    }

    @TestFactory
    Stream<DynamicTest> everyDocumentedAnswerIsGivenAndNoOther() {
        return Stream.of(
                // what it waits for in vain takes half a minute: meanwhile the others go on
                dynamicTest("in trouble", () -> troubled.provoke(directory.resolve("troubled"))),
                dynamicTest("in health", () ->
                        new HealthyContract(contract).provoke(directory.resolve("healthy"))),
                dynamicTest("where keys are asked for", () ->
                        new GuardedContract(contract).provoke(directory.resolve("guarded"))),
                dynamicTest("at a start", () ->
                        new StartingContract(contract).provoke(directory.resolve("starting"))),
                dynamicTest("in trouble for long", troubled::provokeWhatTakesLong),
                dynamicTest("nothing documented is left", () ->
                        assertEquals(Set.of(), contract.unseen(), "not provoked")));
    }
}
