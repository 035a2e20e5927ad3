package extract;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.Paths;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;

/**
 * Makes one file of a release's runs: {@code Compact OUT.jsonl.gz RELEASE core.jsonl cores=FILE machine=FILE EXTENSION=FILE ...}.
 *
 * <p>Defaults that are others with more cores, or with more heap and another host name, are marked. Of an extension's run only what the release alone does
 * not have is kept: each runs by itself, as its class loader has it, and two that exclude one another do not meet.
 */
public final class Compact
{
  private static final ObjectMapper JSON = new ObjectMapper().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, false);

  private final Map<String, Map<String, Object>> core;
  private final Map<String, Map<String, Object>> all = new TreeMap<>();
  private final Set<String> roles = new LinkedHashSet<>();
  private final List<String> extensions = new ArrayList<>();

  private Compact(String file) throws IOException
  {
    core = Dump.read(file);
    all.putAll(core);
  }

  public static void main(String[] args) throws IOException
  {
    Compact c = new Compact(args[2]);
    for (int i = 3; i < args.length; i++) {
      String name = args[i].substring(0, args[i].indexOf('='));
      Map<String, Map<String, Object>> run = Dump.read(args[i].substring(name.length() + 1));
      if (name.equals("cores") || name.equals("machine")) {
        c.vary(name, run);
      } else {
        c.extension(name, run);
      }
    }
    c.write(args[0], args[1]);
  }

  @SuppressWarnings("unchecked")
  private void vary(String what, Map<String, Map<String, Object>> run)
  {
    for (Map.Entry<String, Map<String, Object>> e : core.entrySet()) {
      Map<String, Object> m = e.getValue(), other = run.get(e.getKey());
      if (other == null || "random".equals(m.get("varies"))) {
        continue;
      }
      for (String field : new String[]{"default", "getter"}) {
        if (!Objects.equals(m.get(field), other.get(field))) {
          ((Map<String, Object>) m.computeIfAbsent("varies", k -> new LinkedHashMap<>())).put(what, other.get(field));
        }
      }
    }
  }

  private void extension(String name, Map<String, Map<String, Object>> run)
  {
    extensions.add(name);
    for (Map.Entry<String, Map<String, Object>> e : run.entrySet()) {
      Map<String, Object> m = e.getValue(), known = core.get(e.getKey());
      if (known == null || differs(m, known)) {
        m.put("extension", name);
        all.put(e.getKey() + " " + name, m);
      }
    }
  }

  private static boolean differs(Map<String, Object> m, Map<String, Object> known)
  {
    for (String field : m.keySet()) {
      // that a resource is built in another order, or a problem said in other words, says nothing of the extension
      if (!field.equals("phases") && !field.equals("message") && !field.equals("varies") && !Objects.equals(m.get(field), known.get(field))) {
        return !"problem".equals(m.get("kind"));
      }
    }
    return false;
  }

  @SuppressWarnings("unchecked")
  private void write(String file, String release) throws IOException
  {
    Map<Object, String> ids = new LinkedHashMap<>();
    List<Map<String, Object>> records = new ArrayList<>();
    for (Map<String, Object> m : all.values()) {
      if (m.get("roles") instanceof List && m.containsKey("class")) {
        roles.addAll((List<String>) m.get("roles"));
      }
      m.computeIfPresent("profile", (k, v) -> ids.computeIfAbsent(v, x -> "p" + (ids.size() + 1)));
      Map<String, Object> byRole = (Map<String, Object>) m.get("profiles");
      if (byRole != null) {
        byRole.replaceAll((k, v) -> ids.computeIfAbsent(v, x -> "p" + (ids.size() + 1)));
      }
      records.add(m);
    }
    Map<String, Object> head = new LinkedHashMap<>();
    head.put("kind", "release");
    head.put("release", release);
    head.put("roles", roles);
    head.put("extensions", extensions);
    head.put("machine", "2 cores, 2 GiB of heap, host name machine");
    head.put("varies", new TreeMap<>(Map.of("cores", "13 cores", "machine", "6 GiB of heap, host name elsewhere")));
    Path out = Paths.get(file);
    try (Writer w = new OutputStreamWriter(new GZIPOutputStream(new FileOutputStream(out.toFile())), StandardCharsets.UTF_8)) {
      line(w, head);
      for (Map.Entry<Object, String> p : ids.entrySet()) {
        Map<String, Object> m = new LinkedHashMap<>();
        m.put("kind", "profile");
        m.put("id", p.getValue());
        m.putAll((Map<String, Object>) p.getKey());
        line(w, m);
      }
      for (Map<String, Object> m : records) {
        line(w, m);
      }
    }
  }

  private static void line(Writer w, Map<String, Object> m) throws IOException
  {
    w.write(JSON.writeValueAsString(m));
    w.write('\n');
  }
}
