package extract;

import com.fasterxml.jackson.databind.JavaType;
import com.google.inject.ProvisionException;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The least that must be written for a class to be built at all under a condition: nothing, or samples for some of its
 * properties, which are then marked as required. Without it every value would be refused for the lack of another.
 */
final class Base
{
  private final Walk walk;
  private final Map<String, String> when;
  private final List<Walk.Leaf> group;

  Base(Walk walk, Map<String, String> when, List<Walk.Leaf> group)
  {
    this.walk = walk;
    this.when = when;
    this.group = group;
  }

  /** The settings, or null where no set of samples is taken. */
  Map<String, String> find()
  {
    Throwable first = refusal(when, when.isEmpty() ? walk.otherwise : null);
    if (first == null) {
      return when;
    }
    Map<String, String> base = leaveOut(false);
    if (base == null) {
      base = leaveOut(true);
    }
    if (base == null) {
      base = asAsked();
    }
    if (base == null) {
      walk.role.dump.problem(walk.role.name, "no base for " + walk.prefix + " " + walk.root.getName() + " " + when, first);
    }
    return base;
  }

  private Throwable refusal(Map<String, String> settings, Class<?> otherwise)
  {
    try {
      walk.role.configure(settings, walk.prefix, walk.root, otherwise);
      return null;
    }
    catch (Throwable e) {
      return e;
    }
  }

  /** Fills in everything that this condition or a weaker one offers, then takes away what is not missed. */
  private Map<String, String> leaveOut(boolean deeper)
  {
    int shallow = group.stream().filter(l -> l.type != null).mapToInt(l -> l.path.size()).min().orElse(0);
    Map<String, String> full = new LinkedHashMap<>(when);
    List<Walk.Leaf> filled = new ArrayList<>();
    for (Walk.Leaf l : walk.leaves) {
      boolean chosen = when.keySet().stream().anyMatch(k -> k.startsWith(l.name + ".")); // its subtype fills it
      if (l.type != null && offered(l) && !chosen && (deeper || l.path.size() == shallow || !l.when.equals(when))) {
        filled.add(l);
        full.put(l.name, sample(l.type));
      }
    }
    if (refusal(full, null) != null) {
      return null;
    }
    for (Walk.Leaf l : filled) {
      String v = full.remove(l.name);
      if (v != null && refusal(full, null) != null) {
        full.put(l.name, v);
        if (l.when.equals(when)) {
          l.record.put("required", true);
        }
      }
    }
    return full;
  }

  /** Begins with nothing and adds what the refusals ask for by name. */
  private Map<String, String> asAsked()
  {
    Map<String, String> some = new LinkedHashMap<>(when);
    for (int i = 0; i < 8; i++) {
      Throwable e = refusal(some, null);
      if (e == null) {
        for (Walk.Leaf l : group) {
          if (some.containsKey(l.name) && !when.containsKey(l.name)) {
            l.record.put("required", true);
          }
        }
        return some;
      }
      String said = e instanceof ProvisionException ? ((ProvisionException) e).getErrorMessages().toString() : String.valueOf(e.getMessage());
      int had = some.size();
      for (Walk.Leaf l : walk.leaves) {
        if (l.type == null || !offered(l) || some.containsKey(l.name)) {
          continue;
        }
        boolean byPath = said.contains(l.name + " - ");
        boolean byName = byPath || said.contains("'" + l.lastName() + "'") || said.contains("[" + l.lastName() + "]");
        if (Walk.ours(l.type) ? byPath && Walk.hasSubtypes(l.type) : byName) {
          some.put(l.name, sample(l.type));
        }
      }
      if (some.size() == had) {
        return null;
      }
    }
    return null;
  }

  private boolean offered(Walk.Leaf l)
  {
    return when.entrySet().containsAll(l.when.entrySet());
  }

  private String sample(JavaType t)
  {
    Class<?> c = t.getRawClass();
    if (t.isEnumType()) {
      return ((Enum<?>) c.getEnumConstants()[0]).name();
    }
    switch (c.getSimpleName().toLowerCase(Locale.ROOT)) {
      case "int":
      case "integer":
      case "long":
      case "short":
      case "byte":
      case "double":
      case "float":
      case "biginteger":
      case "humanreadablebytes":
        return "1";
      case "boolean":
        return "true";
      case "period":
      case "duration":
        return "PT1M";
      case "uri":
      case "url":
        return "http://localhost:80";
      case "interval":
        return "2020-01-01/P1D";
      default:
    }
    if (t.isMapLikeType()) {
      return "{\"a\":\"1\"}";
    }
    if (t.isContainerType()) {
      return t.getContentType().getRawClass().getSimpleName().equals("StorageLocationConfig") ? "[{\"path\":\"a\",\"maxSize\":1}]" : "[\"1\"]";
    }
    return Walk.hasSubtypes(t) && !c.getSimpleName().endsWith("PasswordProvider") ? "{\"type\":\"" + subtype(t) + "\"}" : "a";
  }

  /** A subtype that needs nothing, where there is one by a usual name. */
  private String subtype(JavaType t)
  {
    List<String> names = new ArrayList<>(Druid.subtypes(walk.role.mapper, t).keySet());
    return names.isEmpty() || names.contains("noop") ? "noop" : names.contains("slf4j") ? "slf4j" : names.get(0);
  }
}
