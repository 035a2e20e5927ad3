import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Reads properties files as Druid does and writes what java.util.Properties
 * makes of them. In: a count, then each file as a length and its bytes. Out, for
 * each file: -1 for a failure, else the number of keys and, sorted, each key and
 * value as a length and its UTF-16 units.
 */
public class PropertiesOracle {
  public static void main(String[] args) throws Exception {
    DataInputStream in = new DataInputStream(new BufferedInputStream(System.in, 1 << 16));
    DataOutputStream out = new DataOutputStream(new BufferedOutputStream(System.out, 1 << 16));
    for (int n = in.readInt(); n > 0; n--) {
      byte[] file = new byte[in.readInt()];
      in.readFully(file);
      Properties properties = new Properties();
      try {
        properties.load(new InputStreamReader(new ByteArrayInputStream(file), StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        out.writeInt(-1);
        continue;
      }
      Map<String, String> sorted = new TreeMap<>();
      for (String key : properties.stringPropertyNames()) {
        sorted.put(key, properties.getProperty(key));
      }
      out.writeInt(sorted.size());
      for (Map.Entry<String, String> entry : sorted.entrySet()) {
        write(out, entry.getKey());
        write(out, entry.getValue());
      }
    }
    out.flush();
  }

  private static void write(DataOutputStream out, String text) throws Exception {
    out.writeInt(text.length());
    out.writeChars(text);
  }
}
