package io.ringtally.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records of another make become events as the mapping says. */
class MappingTest {

    private static final Mapping USER_EVENTS = new Mapping(Map.of("app", "users", "message",
            "/user_id", "event", "/action_data/type", "value", "/action_data/weight", "time",
            "/seen/0/at", "id", "/id"));

    private static Reading of(String body) {
        return Reading.ofMapped(USER_EVENTS, false, body);
    }

    @Test
    void fieldsComeFromWhereTheMappingSays() {
        Reading reading = of("""
                {"id": "e-1", "noise": {"id": "no", "user_id": 3, "type": "x"}, "user_id": 17,
                 "action_data": {"left": true, "type": "swipe", "weight": "-4"},
                 "seen": [{"at": "1970-01-01T00:00:01Z"}, {"at": "later"}]}""");
        assertEquals(List.of(), reading.errors());
        assertEquals(List.of("users/17/swipe/e-1=-4@1000000"), reading.events());
    }

    @Test
    void whatIsOptionalMayBeMissingOrNull() {
        assertEquals(List.of("users/u/tap/=1@"),
                of("{\"user_id\":\"u\",\"action_data\":{\"type\":\"tap\",\"weight\":null}}")
                        .events());
        Mapping least = new Mapping(Map.of("message", "/m"));
        assertEquals(List.of("/7/increment/=1@"),
                Reading.ofMapped(least, false, "{\"m\":7,\"id\":\"ignored\"}").events());
        Mapping constants = new Mapping(Map.of("message", "all", "event", "seen", "value", "5",
                "time", "1970-01-01T00:00:02Z"));
        assertEquals(List.of("/all/seen/=5@2000000", "/all/seen/=5@2000000"),
                Reading.ofMapped(constants, true, "{}\n\n{\"a\":[1]}\n").events());
    }

    @Test
    void pointersEscapeSlashesAndTildes() {
        Mapping odd = new Mapping(Map.of("message", "/a~1b/c~0d/"));
        assertEquals(List.of("/true/increment/=1@"),
                Reading.ofMapped(odd, false, "[{\"a/b\":{\"c~d\":{\"\":true}}}]").events());
    }

    @Test
    void onePlaceMayBeTwoFields() {
        Mapping both = new Mapping(Map.of("message", "/id", "id", "/id"));
        assertEquals(List.of("/x/increment/x=1@"),
                Reading.ofMapped(both, false, "{\"id\":\"x\"}").events());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{} | user_id | user_id is missing: send a string of 1 to 255 bytes of UTF-8",
        "[{}] | [0].user_id | [0].user_id is missing",
        "[G,{'user_id':{},'action_data':{'type':'t'}}] | [1].user_id | [1].user_id is an object,"
                + " not a string",
        "[G,{'user_id':1,'action_data':[{'type':'t'}]}] | [1].action_data.type |"
                + " [1].action_data.type is missing",
        "[G,{'user_id':1,'action_data':{'type':null}}] | [1].action_data.type |"
                + " [1].action_data.type is null, not a string",
        "[{'user_id':1,'action_data':{'type':'t','weight':1.5}}] | [0].action_data.weight |"
                + " [0].action_data.weight is 1.5, which is not an integer",
        "[{'user_id':1,'action_data':{'type':'t','weight':true}}] | [0].action_data.weight |"
                + " [0].action_data.weight is true, not an integer",
        "[{'user_id':1,'action_data':{'type':'t'},'seen':[{'at':5}]}] | [0].seen.0.at |"
                + " [0].seen.0.at is the number 5, not a string",
        "[{'user_id':'','action_data':{'type':'t'}}] | [0].user_id | [0].user_id is empty",
        "[{'user_id':1,'user_id':2}] | [0].user_id | [0].user_id is sent more than once",
        "[3] | [0] | [0] is the number 3, not an object",
        "'x' | `` | the body is the string \"x\", neither an object nor an array",
        "[G | `` | the body ends in the middle of its JSON",
    })
    void saysWhatIsWrong(String body, String field, String reason) {
        Reading reading = of(body.replace("G", "{'user_id':1,'action_data':{'type':'t'}}")
                .replace('\'', '"'));
        assertFalse(reading.good());
        assertEquals(List.of(), reading.events(), "all or nothing");
        assertEquals(field, reading.errors().get(0).field());
        assertTrue(reading.errors().get(0).reason().startsWith(reason),
                reading.errors().toString());
    }

    @Test
    void aLineThatDoesNotFitIsNamedByItsIndexAndLine() {
        Reading reading = Reading.ofMapped(USER_EVENTS, true,
                "{\"user_id\":1,\"action_data\":{\"type\":\"t\"}}\n\n{\"user_id\":2}\nnonsense\n");
        assertFalse(reading.good());
        assertEquals(List.of(), reading.events());
        assertEquals("[1].action_data.type", reading.errors().get(0).field());
        assertEquals("[2]", reading.errors().get(1).field());
        assertTrue(reading.errors().get(1).reason().startsWith("line 4 is not JSON"),
                reading.errors().toString());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "event | seen | has no message",
        "value | 1.5 | cannot have value = \"1.5\": value is \"1.5\", which is not an integer",
        "time | today | cannot have time = \"today\": created_at is \"today\"",
        "id | same | has the same id for every event, \"same\"",
    })
    void aMappingThatCannotBeIsRefused(String name, String source, String reason) {
        Map<String, String> sources = new HashMap<>(Map.of(name, source));
        if (!reason.contains("no message")) {
            sources.put("message", "/m");
        }
        String refused = assertThrows(IllegalArgumentException.class, () ->
                new Mapping(sources)).getMessage();
        assertTrue(refused.startsWith(reason), refused);
    }
}
