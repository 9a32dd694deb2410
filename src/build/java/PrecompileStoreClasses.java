import java.io.File;
import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.tools.ToolProvider;
import net.openhft.chronicle.values.ValueModel;

/**
 * Run by the build: writes the class that Chronicle Map would otherwise generate and compile at
 * every start: half a second. Its loader looks for the class before it generates one. (A JDK is
 * still needed to run: Chronicle's compiler class is initialised all the same.)
 *
 * <p>Arguments: the directory for the source, the directory for the class.
 */
public final class PrecompileStoreClasses {

    private static final String STATE = "net.openhft.chronicle.hash.VanillaGlobalMutableState";

    private PrecompileStoreClasses() {
    }

    /** Generates and compiles; a failure fails the build. */
    public static void main(String[] arguments) throws Exception {
        Path sources = Path.of(arguments[0]);
        Path classes = Path.of(arguments[1]);
        ValueModel model = ValueModel.acquire(Class.forName(STATE));
        String name = "VanillaGlobalMutableState$$Native";
        Class<?> generators = Class.forName("net.openhft.chronicle.values.Generators");
        Method generate =
                generators.getDeclaredMethod("generateNativeClass", ValueModel.class, String.class);
        generate.setAccessible(true);
        String source = (String) generate.invoke(null, model, name);
        Path file = sources.resolve(STATE.replace('.', '/') + "$$Native.java");
        Files.createDirectories(file.getParent());
        Files.writeString(file, source, StandardCharsets.UTF_8);
        int failed = ToolProvider.getSystemJavaCompiler().run(null, null, null, "--release", "17",
                "-nowarn", "-proc:none", "-cp", System.getProperty("java.class.path"),
                "-d", new File(classes.toString()).getPath(), file.toString());
        if (failed != 0) {
            throw new IllegalStateException("the generated " + file + " does not compile");
        }
    }
}
