package io.ringtally.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EventBulkTest {

    private static final String ONE = event("m1");
    private static final String TWO = event("m2");
    private static final String BAD = "{\"app_id\":\"a\",\"message_id\":\"\",\"event\":\"e\"}";

    @Test
    void handsOverEveryEventInItsOrder() {
        Reading reading = Reading.ofBulk("{\"events\":[" + ONE + "," + TWO + "]}");
        assertTrue(reading.good());
        assertEquals(List.of("a/m1/e/=1@", "a/m2/e/=1@"), reading.events());
    }

    @Test
    void readsFromTheStartAgainWhenTheOrdinaryFormEnds() {
        Reading reading = Reading.ofBulk("{\"events\":[" + ONE + "," + TWO + ",{\"x\":1.5,"
                + event("m\\u0033").substring(1) + "],\"sibling\":[{\"events\":7}]}");
        assertEquals(List.of(), reading.errors());
        assertEquals(List.of("a/m1/e/=1@", "a/m2/e/=1@", "a/m3/e/=1@"), reading.events());
    }

    @Test
    void takesAnEmptyArray() {
        assertTrue(Reading.ofBulk("{\"events\":[]}").good());
        assertTrue(Reading.ofBulk("{\"x\":1,\"events\":[]}").good());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{} | events | events is missing: send an array of event objects",
        "{'event':[]} | events | events is missing",
        "{'events':null} | events | events is null, not an array",
        "{'events':{'a':1}} | events | events is an object, not an array",
        "{'events':'x'} | events | events is the string \"x\", not an array",
        "{'events':[],'events':[]} | events | events is sent more than once",
        "{'events':[7]} | events[0] | events[0] is the number 7, not an object",
        "{'events':[[{}]]} | events[0] | events[0] is an array, not an object",
        "{'events':[null]} | events[0] | events[0] is null, not an object",
        "[] | `` | the body is an array, not an object",
        "{'events':[} | `` | the body is not JSON",
        "{'events':[ | `` | ends in the middle",
        "{'events':[]}] | `` | goes on after its JSON",
    })
    void saysWhatIsNotABulk(String body, String field, String reason) {
        Reading reading = Reading.ofBulk(body.replace('\'', '"'));
        assertFalse(reading.good());
        assertEquals(List.of(field), reading.fields());
        String found = reading.errors().get(0).reason();
        assertTrue(found.contains(reason), found);
    }

    @Test
    void keepsNothingWhenOneEventIsBad() {
        Reading reading = Reading.ofBulk("{\"events\":[" + ONE + "," + BAD + "," + TWO + "]}");
        assertFalse(reading.good());
        assertEquals(List.of(), reading.events());
        assertEquals(List.of("events[1].message_id"), reading.fields());
        assertEquals("events[1].message_id is empty: send a string of 1 to 255 bytes of UTF-8",
                reading.errors().get(0).reason());
    }

    @Test
    void keepsNothingWhenTheBodyBreaksOffAfterGoodEvents() {
        for (String rest : new String[] {"", ",", "]", "]}}", "}", "]]}", ",{]}"}) {
            Reading reading = Reading.ofBulk("{\"events\":[" + ONE + "," + TWO + rest);
            assertFalse(reading.good());
            assertEquals(List.of(), reading.events());
            assertEquals(List.of(""), reading.fields());
        }
    }

    @Test
    void namesTheElementAndTheFieldSentTwice() {
        Reading reading = Reading.ofBulk("{\"events\":[" + ONE + ",{\"id\":\"a\",\"id\":\"b\"}]}");
        assertEquals(List.of("events[1].id"), reading.fields());
    }

    @Test
    void listsTwentyErrorsAndCountsTheOthers() {
        String body = "{\"events\":[" + "{},".repeat(33) + "{}]}";
        Reading reading = Reading.ofBulk(body);
        assertEquals(21, reading.errors().size());
        assertEquals("events[6].message_id", reading.errors().get(19).field());
        assertEquals(new FieldError("", "the body has 102 errors, 82 more than are listed here:"
                + " correct these and send it again"), reading.errors().get(20));
        String twenty = "{\"events\":[" + "7,".repeat(19) + "7]}";
        assertEquals(20, Reading.ofBulk(twenty).errors().size());
    }

    @Test
    void emptiesTheListOfErrorsBeforeEveryBody() {
        EventParser parser = new EventParser();
        List<FieldError> errors = new ArrayList<>();
        EventDraft draft = new EventDraft();
        byte[] bad = Reading.utf8("{}");
        byte[] good = Reading.utf8("{\"key\":\"k\",\"value\":1}");
        assertFalse(parser.readIncrement(bad, 0, bad.length, draft, errors));
        assertFalse(parser.readIncrement(bad, 0, bad.length, draft, errors));
        assertEquals(2, errors.size());
        assertTrue(parser.readIncrement(good, 0, good.length, draft, errors));
        assertEquals(List.of(), errors);
    }

    @Test
    void draftsOfTheStrictReaderDoNotPointIntoTheBody() {
        EventParser parser = new EventParser();
        EventDraft draft = new EventDraft();
        byte[] body = Reading.utf8("{\"key\":\"k\",\"value\":1,\"x\":0}");
        assertTrue(parser.readIncrement(body, 0, body.length, draft, new ArrayList<>()));
        assertNotSame(body, draft.messageBytes);
        assertEquals("/k/increment/=1@", Reading.line(draft));
    }

    private static String event(String message) {
        return "{\"app_id\":\"a\",\"message_id\":\"" + message + "\",\"event\":\"e\"}";
    }
}
