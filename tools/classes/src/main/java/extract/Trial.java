package extract;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Values tried for one property in one role, and what came of them. */
final class Trial
{
  /** What people write, and what is next to it: every property gets all of them, since a wrong type shows in the odd ones. */
  private static final List<String> VALUES = Arrays.asList(
      "1", "0", "-1", "7", "2", "100", "3.5", "0.5", "1.0", "-0.5", "1e3", "65536", "2147483648", "10000000000", "9223372036854775807", "9223372036854775808",
      "+5", "007", " 5 ", "1,000", "1_000", "0x10", "5L", "NaN",
      "512MiB", "512M", "512m", "512 MiB", "1GB", "1g", "1k", "1Ki", "1.5GiB", "-1MiB", "3GiB", "1P", "9000PiB",
      "abc", "", " ", "null", "none", "a,b", "a b", "/a/b", "http://a:1/b", "a:8080", "\"a\"", "\"5\"",
      "true", "TRUE", "True", "tRuE", "false", "FALSE", "False", "yes", "on", "off", " true",
      "PT5M", "PT1S", "PT0.5S", "pt5m", "P5M", "P1W", "P1D", "P1M", "P1Y", "P1DT1H", "PT24H", "PT0S", "-PT5M", "PT-5M", "P", "PT", "5m", "30s", "PT5", "PT1H30M",
      "[]", "[\"a\"]", "[\"a\",\"b\"]", "[1]", "[1", "[null]", "[{\"a\":1}]", "[{\"path\":\"a\",\"maxSize\":1}]", "['a']",
      "{}", "{\"a\":1}", "{\"a\":\"b\"}", "{\"a\":\"b\"", "{\"type\":\"abc\"}", "{\"type\":\"default\",\"password\":\"x\"}", "{\"type\":\"environment\",\"variable\":\"A\"}");
  private static final List<String> NAMES = Arrays.asList("abc", "", " ", "1", "null", "true", "[]", "{}");
  private static final Map<String, List<String>> MORE = more();

  static long tried;

  /** Tries one value: the text of what came of it. */
  interface Attempt
  {
    String with(String value) throws Throwable;
  }

  private final Role role;
  private final Map<String, Object> record;
  private final String name;
  /** The property's type; null where it is not Jackson's. */
  private final JavaType type;

  Trial(Role role, Map<String, Object> record, String name, JavaType type)
  {
    this.role = role;
    this.record = record;
    this.name = name;
    this.type = type;
  }

  /** The choices and defaults that the linter's schema claims, as {@code implycheck properties --format json} has them. */
  private static Map<String, List<String>> more()
  {
    Map<String, List<String>> more = new HashMap<>();
    String file = System.getProperty("more");
    if (file == null) {
      return more;
    }
    try {
      for (JsonNode p : new ObjectMapper().readTree(new File(file)).path("properties")) {
        Set<String> values = new LinkedHashSet<>();
        for (JsonNode c : p.path("choices")) {
          String choice = c.isTextual() ? c.asText() : c.path("value").asText();
          values.addAll(Arrays.asList(choice, choice.toLowerCase(Locale.ROOT), choice.toUpperCase(Locale.ROOT)));
        }
        if (p.has("default")) {
          values.add(p.path("default").asText());
        }
        more.put(p.path("name").asText(), new ArrayList<>(values));
      }
      return more;
    }
    catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A profile for names that pick an implementation: it is known without trying what each does. */
  static void names(Role role, Map<String, Object> record, Set<String> names, String fallback, String reason)
  {
    if ("no".equals(System.getProperty("values"))) {
      return;
    }
    Map<String, String> accepts = new TreeMap<>();
    Map<String, Set<String>> refuses = new TreeMap<>();
    for (String v : spellings(names, (String) record.get("property"))) {
      tried++;
      if (names.contains(v)) {
        accepts.put(v, v);
      } else if (fallback != null) {
        accepts.put(v, fallback);
      } else {
        refuses.computeIfAbsent(reason, k -> new LinkedHashSet<>()).add(v);
      }
    }
    keep(role, record, role.dump.profile(accepts, refuses));
  }

  /** Tries all values once; in further roles a few of each outcome, and all again where one is different. */
  void run(Attempt attempt)
  {
    if ("no".equals(System.getProperty("values"))) {
      return;
    }
    Map<String, Object> known = role.dump.profile(record.get("profile"));
    boolean taken = known != null && !((Map<?, ?>) known.get("accepts")).isEmpty();
    if (known != null && (!role.extra.isEmpty() || taken && same(attempt, known))) {
      role.dump.settle(record);
      return;
    }
    if (known != null && role.dump.settle(record)) {
      record.remove("profile"); // another run's, and not true here
      known = null;
      taken = false;
    }
    Map<String, String> accepts = new LinkedHashMap<>();
    Map<String, Set<String>> refuses = new LinkedHashMap<>();
    for (String v : values()) {
      tried++;
      try {
        String got = attempt.with(v);
        // Nothing written, and a result that is another each time: a random default.
        boolean nothing = v.trim().isEmpty() || v.equals("null");
        accepts.put(v, nothing && !String.valueOf(got).equals(String.valueOf(attempt.with(v))) ? "<random>" : got);
      }
      catch (Throwable e) {
        refuses.computeIfAbsent(Dump.reason(e, name, v), k -> new LinkedHashSet<>()).add(v);
      }
    }
    if (known != null && !taken && accepts.isEmpty()) {
      return; // not better in this role than in another
    }
    if (known != null && !taken) {
      record.remove("profile");
    }
    keep(role, record, role.dump.profile(accepts, refuses));
  }

  @SuppressWarnings("unchecked")
  private static void keep(Role role, Map<String, Object> record, String profile)
  {
    if (role.dump.settle(record)) {
      record.remove("profile");
    }
    Object first = record.putIfAbsent("profile", profile);
    if (first != null && !first.equals(profile) && role.extra.isEmpty()) {
      ((Map<String, String>) record.computeIfAbsent("profiles", k -> new LinkedHashMap<String, String>())).put(role.name, profile);
    }
  }

  /** Whether this role says the same of values that stand for each outcome. */
  @SuppressWarnings("unchecked")
  private boolean same(Attempt attempt, Map<String, Object> known)
  {
    Map<String, String> accepts = (Map<String, String>) known.get("accepts");
    Map<String, Collection<String>> refuses = (Map<String, Collection<String>>) known.get("refuses");
    Set<String> results = new HashSet<>();
    for (Map.Entry<String, String> e : accepts.entrySet()) {
      if (results.size() < 4 || record.containsKey("choices")) {
        if (results.add(e.getValue())) {
          try {
            if (!"<random>".equals(e.getValue()) && !String.valueOf(attempt.with(e.getKey())).equals(String.valueOf(e.getValue()))) {
              return false;
            }
          }
          catch (Throwable t) {
            return false;
          }
        }
      }
    }
    if (record.containsKey("choices")) {
      for (String v : values()) {
        if (!accepts.containsKey(v) && refuses.values().stream().noneMatch(s -> s.contains(v))) {
          return false; // a name that the other role does not have
        }
      }
    }
    for (Map.Entry<String, Collection<String>> e : refuses.entrySet()) {
      try {
        attempt.with(e.getValue().iterator().next());
        return false;
      }
      catch (Throwable t) {
        // as before
      }
    }
    return true;
  }

  private Collection<String> values()
  {
    Object choices = record.get("choices");
    if (type == null && choices instanceof Map) {
      @SuppressWarnings("unchecked")
      Set<String> names = ((Map<String, ?>) choices).keySet();
      return spellings(names, name);
    }
    Set<String> values = new LinkedHashSet<>(VALUES);
    if (type != null && type.isEnumType()) {
      List<String> names = new ArrayList<>();
      for (Object o : type.getRawClass().getEnumConstants()) {
        names.add(((Enum<?>) o).name());
        names.add(o.toString());
      }
      values.addAll(spellings(names, name));
    }
    values.addAll(MORE.getOrDefault(name, Collections.emptyList()));
    Matcher m = Pattern.compile("(?:value|min|max)=(-?[0-9]{1,18})").matcher(String.valueOf(record.get("bounds")));
    while (m.find()) {
      long n = Long.parseLong(m.group(1));
      values.addAll(Arrays.asList("" + (n - 1), "" + n, "" + (n + 1)));
    }
    return values;
  }

  private static Set<String> spellings(Collection<String> names, String property)
  {
    Set<String> values = new LinkedHashSet<>(NAMES);
    for (String n : names) {
      values.add(n);
      values.add(n.toLowerCase(Locale.ROOT));
      values.add(n.toUpperCase(Locale.ROOT));
      if (!n.isEmpty()) {
        values.add(n.substring(0, 1).toUpperCase(Locale.ROOT) + n.substring(1));
      }
      values.add(" " + n);
      values.add(n + " ");
    }
    values.addAll(MORE.getOrDefault(property, Collections.emptyList()));
    return values;
  }
}
