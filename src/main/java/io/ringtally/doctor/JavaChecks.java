package io.ringtally.doctor;

import java.nio.charset.Charset;
import java.util.List;

/**
 * The JVM that runs this, which is to run the service.
 *
 * <p>Threading: stateless.
 */
final class JavaChecks {

    private static final int OLDEST = 17;
    private static final String ENCODING_OF_NAMES = "sun.jnu.encoding";

    private JavaChecks() {
    }

    static List<Check> all(String dataDirectory) {
        return List.of(
                version(Runtime.version().feature(), System.getProperty("java.vm.name") + " "
                        + System.getProperty("java.runtime.version") + ", "
                        + System.getProperty("java.vendor"),
                        ModuleLayer.boot().findModule("jdk.compiler").isPresent()),
                access(Object.class.getModule().isOpen("java.lang",
                        JavaChecks.class.getModule())),
                encoding(dataDirectory, System.getProperty(ENCODING_OF_NAMES, "UTF-8")));
    }

    static Check version(int feature, String name, boolean compiler) {
        if (feature < OLDEST) {
            return Check.fail("java", name, "run it with a JDK " + OLDEST + " or later");
        }
        return compiler ? Check.ok("java", name) : Check.fail("java", name + ", without a compiler",
                "this is a JRE, or an image made without jdk.compiler: run it with a whole JDK");
    }

    static Check access(boolean open) {
        return open ? Check.ok("java flags", "the manifest's, enough")
                : Check.fail("java flags", "java.lang is closed", "start with java -jar"
                        + " ringtally.jar: its manifest opens what the store needs; with a class"
                        + " path of your own add --add-opens java.base/java.lang=ALL-UNNAMED and"
                        + " the others it lists");
    }

    static Check encoding(String path, String names) {
        boolean written = Charset.isSupported(names)
                && Charset.forName(names).newEncoder().canEncode(path);
        return written ? Check.ok("encoding", "file names in " + names + ", data in UTF-8")
                : Check.fail("encoding", "data.dir = " + path + " cannot be written in " + names,
                        "set LC_ALL=C.UTF-8 for the service, or name a directory in ASCII");
    }
}
