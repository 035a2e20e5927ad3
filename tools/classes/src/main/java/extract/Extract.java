package extract;

import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Asks the classes of one Druid release which configuration they read: {@code Extract OUT.jsonl [ROLE ...]}.
 *
 * <p>Builds the injectors of each role as "Main server ROLE" does and starts nothing. {@link Role} walks what they bind,
 * {@link Walk} what Jackson sees in a bound class, {@link Trial} feeds values through the release's own configurator, {@link
 * Recorder} catches reads by name and {@link Constants} what is left. System properties: {@code values=no} reads names and
 * defaults only, {@code build=no} builds no objects, {@code more=FILE} names further
 * values for some properties, and {@code known=FILE} is another run of the release, so that only what differs is tried in full.
 */
public final class Extract
{
  private static final String SWITCH = "druid\\..*([eE]nabled?|asOverlord.*|[aA]llow.*|useStrict.*)";

  private Extract()
  {
  }

  public static void main(String[] args) throws Exception
  {
    String known = System.getProperty("known");
    Dump dump = new Dump(known == null ? Collections.emptyMap() : Dump.read(known));
    System.setProperties(new Recorder(dump, "jvm", System.getProperties()));
    Set<String> wanted = new HashSet<>(Arrays.asList(args).subList(1, args.length));
    for (Map.Entry<String, String> role : Druid.roles().entrySet()) {
      if (wanted.isEmpty() || wanted.contains(role.getKey())) {
        role(dump, role.getKey(), role.getValue());
      }
    }
    Constants.find(dump);
    dump.write(args[0]);
    Runtime.getRuntime().halt(0); // threads of half-built objects may run on
  }

  private static void role(Dump dump, String name, String command)
  {
    long start = System.nanoTime();
    Role plain = new Role(dump, name, command, Collections.emptyMap());
    try {
      plain.read();
    }
    catch (Throwable e) {
      dump.problem(name, "injector", e);
      e.printStackTrace();
      return;
    }
    // A module may look at a switch while it configures: each that was asked for is tried both ways.
    for (String key : new TreeSet<>(plain.properties.whileConfiguring)) {
      if (!key.matches(SWITCH)) {
        continue;
      }
      for (String v : new String[]{"true", "false"}) {
        try {
          new Role(dump, name, command, Collections.singletonMap(key, v)).read();
        }
        catch (Throwable e) {
          dump.problem(name, "injector with " + key + "=" + v, e);
        }
      }
    }
    System.err.printf("%s: %d values tried so far, %.1f s%n", name, Trial.tried, (System.nanoTime() - start) / 1e9);
  }
}
