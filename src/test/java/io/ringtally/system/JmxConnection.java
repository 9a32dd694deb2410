package io.ringtally.system;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.rmi.ConnectException;
import javax.management.Attribute;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/**
 * JMX to a process of this machine, by attaching to it as JConsole does.
 *
 * <p>Threading: any thread.
 */
final class JmxConnection implements AutoCloseable {

    private final JMXConnector connector;

    private JmxConnection(JMXConnector connector) {
        this.connector = connector;
    }

    static JmxConnection attach(long pid) throws IOException {
        try {
            VirtualMachine machine = VirtualMachine.attach(String.valueOf(pid));
            try {
                return new JmxConnection(JMXConnectorFactory.connect(
                        new JMXServiceURL(machine.startLocalManagementAgent())));
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException impossible) {
            throw new IOException("cannot attach to process " + pid, impossible);
        }
    }

    MBeanServerConnection server() throws IOException {
        return connector.getMBeanServerConnection();
    }

    /** Reads an attribute of {@code ringtally:type=...}. */
    Object get(String type, String attribute) throws IOException, JMException {
        return server().getAttribute(name(type), attribute);
    }

    long number(String type, String attribute) throws IOException, JMException {
        return ((Number) get(type, attribute)).longValue();
    }

    void set(String type, String attribute, Object value) throws IOException, JMException {
        server().setAttribute(name(type), new Attribute(attribute, value));
    }

    /** Calls an operation without parameters. */
    Object call(String type, String operation) throws IOException, JMException {
        return server().invoke(name(type), operation, new Object[0], new String[0]);
    }

    static ObjectName name(String type) throws JMException {
        return new ObjectName("ringtally:type=" + type);
    }

    @Override
    public void close() throws IOException {
        try {
            connector.close();
        } catch (ConnectException processHasEnded) {
            // so has the connection
        }
    }
}
