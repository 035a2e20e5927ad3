package extract;

import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Properties that write down what they are asked for, by whom and when: the only way to see reads by name. */
final class Recorder extends Properties
{
  private final transient Dump dump;
  private final String role;
  /** configure (modules), start (the life cycle's objects), http (the resources'), objects (all other bound ones). */
  volatile String phase = "configure";
  final transient Set<String> whileConfiguring = ConcurrentHashMap.newKeySet();

  Recorder(Dump dump, String role, Properties defaults)
  {
    super(defaults);
    this.dump = dump;
    this.role = role;
  }

  @Override
  public String getProperty(String key)
  {
    note(key, null);
    return super.getProperty(key);
  }

  @Override
  public String getProperty(String key, String otherwise)
  {
    note(key, otherwise);
    String v = super.getProperty(key);
    return v == null ? otherwise : v;
  }

  @Override
  public synchronized boolean containsKey(Object key)
  {
    note(String.valueOf(key), null);
    return super.containsKey(key);
  }

  private void note(String key, String otherwise)
  {
    if (!key.startsWith("druid.") && !key.startsWith("hadoop.")) {
      return;
    }
    if (phase.equals("configure")) {
      whileConfiguring.add(key);
    }
    String by = "?";
    for (StackTraceElement e : new Throwable().getStackTrace()) {
      if (e.getClassName().startsWith(Druid.ROOT) && !e.getClassName().contains(".JsonConfigurator")) {
        by = e.getClassName();
        break;
      }
    }
    if (by.contains("PolyBind")) {
      if (phase.equals("start") || phase.equals("http")) {
        dump.note("asked", key, "rolesUsed", role);
        if (phase.equals("start")) {
          dump.note("asked", key, "rolesStart", role);
        }
      }
      return;
    }
    dump.note("raw", key, "readBy", by);
    dump.note("raw", key, "roles", role);
    dump.note("raw", key, "phases", phase);
    if (otherwise != null) {
      synchronized (dump) {
        dump.other("raw", key).put("default", otherwise);
      }
    }
  }
}
