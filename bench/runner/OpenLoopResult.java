package bench.runner;

import java.util.LinkedHashMap;
import java.util.Map;

/** The line the open-loop client prints. */
record OpenLoopResult(String line, Map<String, Long> numbers) {

    private static final String MARK = "open-loop ";

    static OpenLoopResult parse(String output) {
        String line = output.lines().filter(text -> text.startsWith(MARK)).findFirst()
                .orElseThrow(() -> new IllegalStateException("no result in: " + output));
        Map<String, Long> numbers = new LinkedHashMap<>();
        for (String field : line.substring(MARK.length()).split(" ")) {
            int end = field.indexOf('=');
            numbers.put(field.substring(0, end), Long.parseLong(field.substring(end + 1)));
        }
        return new OpenLoopResult(line.substring(MARK.length()), numbers);
    }

    long number(String name) {
        return numbers.get(name);
    }
}
