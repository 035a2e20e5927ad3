package extract;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.inject.CreationException;
import com.google.inject.ProvisionException;
import com.google.inject.spi.Message;

import java.io.IOException;
import java.io.PrintWriter;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The records of one run, in the order in which they are written: see README.md for their fields. */
final class Dump
{
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HERE = Paths.get("").toAbsolutePath().toString();

  private final Map<String, Map<String, Object>> properties = new TreeMap<>();
  private final Map<String, Map<String, Object>> others = new TreeMap<>();
  private final Map<Map<String, Object>, String> profiles = new LinkedHashMap<>();

  /** What another run found, by record: a guess that needs only a look in this one. */
  private final Map<String, Map<String, Object>> known;
  /** The records whose profile is still such a guess. */
  private final Set<Map<String, Object>> guessed = Collections.newSetFromMap(new IdentityHashMap<>());

  Dump(Map<String, Map<String, Object>> known)
  {
    this.known = known;
  }

  /** The record of a property of one class under one condition, which this role binds. */
  Map<String, Object> property(Role role, String kind, String name, String owner, Map<String, String> when)
  {
    Map<String, Object> m = properties.computeIfAbsent(name + " " + owner + " " + new TreeMap<>(when), k -> new LinkedHashMap<>());
    m.put("property", name);
    m.put("class", owner);
    m.put("kind", kind);
    if (!when.isEmpty()) {
      m.put("when", new TreeMap<>(when));
    }
    bind(m, role);
    Map<String, Object> guess = m.containsKey("profile") ? null : known.get(key(m));
    if (guess != null && guess.containsKey("profile")) {
      @SuppressWarnings("unchecked")
      Map<String, Object> p = (Map<String, Object>) guess.get("profile");
      m.put("profile", profile(p.get("accepts"), p.get("refuses")));
      guessed.add(m);
    }
    return m;
  }

  /** A record of anything else: raw, constant, bound, asked, problem. */
  Map<String, Object> other(String kind, String what)
  {
    synchronized (others) {
      Map<String, Object> m = others.computeIfAbsent(kind + " " + what, k -> new LinkedHashMap<>());
      m.put("kind", kind);
      m.put("property", what);
      return m;
    }
  }

  void note(String kind, String what, String field, String value)
  {
    synchronized (others) {
      add(other(kind, what), field, value);
    }
  }

  void problem(String role, String what, Throwable e)
  {
    while ((e instanceof InvocationTargetException || e instanceof ExecutionException) && e.getCause() != null) {
      e = e.getCause();
    }
    synchronized (others) {
      Map<String, Object> m = other("problem", what);
      add(m, "roles", role);
      m.putIfAbsent("message", reason(e, "\0", "\0"));
    }
  }

  @SuppressWarnings("unchecked")
  private static void bind(Map<String, Object> m, Role role)
  {
    Set<String> roles = (Set<String>) m.computeIfAbsent("roles", k -> new LinkedHashSet<String>());
    if (role.extra.isEmpty()) {
      roles.add(role.name);
    } else if (!roles.contains(role.name)) {
      Map<String, Set<String>> with = (Map<String, Set<String>>) m.computeIfAbsent("rolesWith", k -> new TreeMap<String, Set<String>>());
      role.extra.forEach((k, v) -> with.computeIfAbsent(role.name, x -> new TreeSet<>()).add(k + "=" + v));
    }
  }

  @SuppressWarnings("unchecked")
  static void add(Map<String, Object> m, String field, String value)
  {
    ((Set<String>) m.computeIfAbsent(field, k -> new TreeSet<String>())).add(value);
  }

  /** The id of what came of trying values: many properties have the same, so it is kept once. */
  String profile(Object accepts, Object refuses)
  {
    Map<String, Object> p = new LinkedHashMap<>();
    p.put("accepts", accepts);
    p.put("refuses", refuses);
    return profiles.computeIfAbsent(p, k -> "p" + (profiles.size() + 1));
  }

  Map<String, Object> profile(Object id)
  {
    return profiles.entrySet().stream().filter(e -> e.getValue().equals(id)).findFirst().map(Map.Entry::getKey).orElse(null);
  }

  /** Whether a record's profile was only guessed; from now on it is not. */
  boolean settle(Map<String, Object> record)
  {
    return guessed.remove(record);
  }

  /** What a record is about. */
  static String key(Map<String, Object> m)
  {
    return m.get("property") + " " + m.get("kind") + " " + m.get("class") + " " + m.getOrDefault("when", "");
  }

  /** The records of a run, each with its profiles in place. */
  @SuppressWarnings("unchecked")
  static Map<String, Map<String, Object>> read(String file) throws IOException
  {
    Map<String, Map<String, Object>> records = new TreeMap<>();
    Map<String, Map<String, Object>> profiles = new LinkedHashMap<>();
    for (String line : Files.readAllLines(Paths.get(file), StandardCharsets.UTF_8)) {
      Map<String, Object> m = JSON.readValue(line, LinkedHashMap.class);
      if ("profile".equals(m.get("kind"))) {
        String id = (String) m.remove("id");
        m.remove("kind");
        profiles.put(id, m);
        continue;
      }
      m.computeIfPresent("profile", (k, v) -> profiles.get(v));
      m.computeIfPresent("profiles", (k, v) -> {
        ((Map<String, Object>) v).replaceAll((role, id) -> profiles.get(id));
        return v;
      });
      records.put(key(m), m);
    }
    return records;
  }

  void write(String file) throws IOException
  {
    try (PrintWriter w = new PrintWriter(file, "UTF-8")) {
      for (Map.Entry<Map<String, Object>, String> p : profiles.entrySet()) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("kind", "profile");
        m.put("id", p.getValue());
        m.putAll(p.getKey());
        w.println(JSON.writeValueAsString(m));
      }
      for (Map<String, Object> m : properties.values()) {
        w.println(JSON.writeValueAsString(m));
      }
      synchronized (others) {
        for (Map<String, Object> m : others.values()) {
          w.println(JSON.writeValueAsString(m));
        }
      }
    }
  }

  /** A value as a text that is the same on every machine and in every run. */
  static String text(Object v)
  {
    if (v instanceof com.google.common.base.Optional) {
      v = ((com.google.common.base.Optional<?>) v).orNull();
    } else if (v instanceof Optional) {
      v = ((Optional<?>) v).orElse(null);
    }
    if (v == null) {
      return null;
    }
    String s = String.valueOf(v);
    if (v instanceof Collection || v instanceof Map || v.getClass().isArray()) {
      try {
        s = JSON.writeValueAsString(v);
      }
      catch (Throwable e) {
        // not for Jackson: as it says itself
      }
    }
    s = s.replaceAll("@[0-9a-f]{4,8}\\b", "@").replaceAll("\\$\\$Lambda[$/0-9a-fx]*", "\\$\\$Lambda").replace(System.getProperty("java.class.path"), "<class path>")
         .replace(System.getProperty("java.io.tmpdir"), "<tmp>").replace(HERE, "<cwd>").replace(System.getProperty("user.home"), "<home>");
    return s.length() > 160 ? s.substring(0, 160) + "..." : s;
  }

  /** The exception at the bottom, through those that Guice collects; Guice's own where a message has no cause. */
  private static Throwable bottom(Throwable e)
  {
    for (int i = 0; i < 20; i++) {
      Throwable cause = e.getCause();
      if (e instanceof ProvisionException || e instanceof CreationException) {
        cause = messages(e).iterator().next().getCause();
      }
      if (cause == null || cause == e) {
        break;
      }
      e = cause;
    }
    return e;
  }

  private static Collection<Message> messages(Throwable e)
  {
    return e instanceof ProvisionException ? ((ProvisionException) e).getErrorMessages() : ((CreationException) e).getErrorMessages();
  }

  private static String message(Throwable e)
  {
    return e instanceof ProvisionException || e instanceof CreationException ? messages(e).iterator().next().getMessage() : String.valueOf(e.getMessage());
  }

  /** Why a value was refused: the exception at the bottom, and its message with <it> for the property and <v> for the value. */
  static String reason(Throwable e, String name, String value)
  {
    Throwable bottom = bottom(e);
    String s = bottom instanceof ProvisionException || bottom instanceof CreationException || !(e instanceof ProvisionException)
               ? message(bottom) : message(e);
    String kind = bottom instanceof ProvisionException ? "Violation" : bottom.getClass().getSimpleName();
    s = s.trim().replace(name, "<it>").replaceAll("Problem parsing object at prefix\\[[^]]*\\]: ", "").replaceAll("\\(through reference chain.*", "")
         .replaceAll("(?s)\\n.*", "").replaceAll("@[0-9a-f]{4,8}\\b", "@");
    for (String v : new String[]{value, value.trim()}) {
      if (!v.isEmpty()) {
        s = s.replaceAll("(?<![A-Za-z0-9])" + Pattern.quote(v) + "(?![A-Za-z0-9])", Matcher.quoteReplacement("<v>"));
      }
    }
    s = s.replace("\"<v>\"", "<v>").trim();
    return kind + ": " + (s.length() > 160 ? s.substring(0, 160) + "..." : s);
  }
}
