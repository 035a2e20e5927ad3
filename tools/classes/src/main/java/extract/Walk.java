package extract;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.CreatorProperty;
import com.fasterxml.jackson.databind.deser.SettableBeanProperty;
import com.fasterxml.jackson.databind.introspect.AnnotatedField;
import com.fasterxml.jackson.databind.jsontype.TypeDeserializer;

import javax.validation.metadata.ConstraintDescriptor;
import javax.validation.metadata.PropertyDescriptor;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/**
 * One bound class as Jackson sees it: its fields and creator parameters, nested objects with dots, and the subtypes that a
 * name picks, each with fields of its own under that condition.
 */
final class Walk
{
  /** A property, where it stands in the bound object, and the record that it is written to. */
  static final class Leaf
  {
    final String name;
    final List<SettableBeanProperty> path;
    /** Null for the name of a subtype. */
    final JavaType type;
    final Map<String, String> when;
    final Map<String, Object> record;

    Leaf(String name, List<SettableBeanProperty> path, JavaType type, Map<String, String> when, Map<String, Object> record)
    {
      this.name = name;
      this.path = path;
      this.type = type;
      this.when = when;
      this.record = record;
    }

    String lastName()
    {
      return name.substring(name.lastIndexOf('.') + 1);
    }
  }

  final Role role;
  final String prefix;
  final Class<?> root;
  /** The class that is taken when nothing is written, where it is not root itself. */
  final Class<?> otherwise;
  final List<Leaf> leaves = new ArrayList<>();

  Walk(Role role, String prefix, Class<?> root, Class<?> otherwise)
  {
    this.role = role;
    this.prefix = prefix;
    this.root = root;
    this.otherwise = otherwise;
  }

  void run()
  {
    type(role.mapper.constructType(root), instance(Collections.emptyMap()), new ArrayList<>(), Collections.emptyMap(), new ArrayDeque<>());
    if ("no".equals(System.getProperty("values"))) {
      return;
    }
    Map<Map<String, String>, List<Leaf>> groups = new LinkedHashMap<>();
    for (Leaf l : leaves) {
      groups.computeIfAbsent(l.when, k -> new ArrayList<>()).add(l);
    }
    groups.forEach((when, group) -> {
      if (!role.extra.isEmpty() && group.stream().allMatch(l -> l.record.containsKey("profile"))) {
        return;
      }
      Map<String, String> base = new Base(this, when, group).find();
      for (Leaf l : group) {
        if (base == null && l.type != null) {
          if (!l.record.containsKey("profile")) {
            l.record.put("base", "refused");
          }
        } else {
          l.record.remove("base");
          new Trial(role, l.record, l.name, l.type).run(v -> attempt(l, base == null ? when : base, v));
        }
      }
    });
  }

  private String attempt(Leaf l, Map<String, String> base, String v) throws Throwable
  {
    Map<String, String> settings = new LinkedHashMap<>(base);
    settings.put(l.name, v);
    Object got = role.configure(settings, prefix, root, otherwise);
    for (SettableBeanProperty p : l.path) {
      got = got == null || got == Beans.MISSING ? got : Beans.value(got, p);
    }
    return l.type == null && got != null && got != Beans.MISSING ? got.getClass().getName() : shown(got);
  }

  private Object instance(Map<String, String> when)
  {
    try {
      return role.configure(when, prefix, root, when.isEmpty() ? otherwise : null);
    }
    catch (Throwable e) {
      return null;
    }
  }

  private String name(List<SettableBeanProperty> path, String more)
  {
    StringBuilder s = new StringBuilder(prefix);
    for (SettableBeanProperty p : path) {
      s.append('.').append(p.getName());
    }
    return s + more;
  }

  private void type(JavaType type, Object instance, List<SettableBeanProperty> path, Map<String, String> when, Deque<Class<?>> stack)
  {
    if (stack.size() > 5 || stack.contains(type.getRawClass())) {
      return; // classes that hold themselves
    }
    stack.push(type.getRawClass());
    try {
      TypeDeserializer named = role.context.getFactory().findTypeDeserializer(role.mapper.getDeserializationConfig(), type);
      if (named != null) {
        subtypes(named, type, instance, path, when, stack);
      } else {
        bean(type, instance, path, when, stack);
      }
    }
    catch (Throwable e) {
      role.dump.problem(role.name, prefix + " " + type.getRawClass().getName() + " at " + name(path, "") + " " + when, e);
    }
    finally {
      stack.pop();
    }
  }

  private Map<String, Object> record(String kind, String name, Class<?> owner, Map<String, String> when)
  {
    Map<String, Object> m = role.dump.property(role, kind, name, owner.getName(), when);
    m.put("bound", prefix + " " + root.getName());
    return m;
  }

  private void subtypes(TypeDeserializer named, JavaType type, Object instance, List<SettableBeanProperty> path, Map<String, String> when, Deque<Class<?>> stack)
      throws Exception
  {
    Map<String, Class<?>> subtypes = Druid.subtypes(role.mapper, type);
    String name = name(path, "." + named.getPropertyName());
    Map<String, Object> m = record("jackson-type", name, type.getRawClass(), when);
    m.put("javaType", "choice");
    @SuppressWarnings("unchecked")
    Map<String, String> choices = (Map<String, String>) m.computeIfAbsent("choices", k -> new TreeMap<String, String>());
    subtypes.forEach((n, c) -> choices.put(n, c.getName()));
    Class<?> fallback = named.getDefaultImpl() == Void.class ? null : named.getDefaultImpl();
    if (fallback != null) {
      m.put("fallback", fallback.getName());
    }
    if (instance != null) {
      preset(m, subtypes.entrySet().stream().filter(e -> e.getValue() == instance.getClass()).map(Map.Entry::getKey).findFirst().orElse(instance.getClass().getName()));
    } else if (otherwise != null && path.isEmpty()) {
      preset(m, otherwise.getName());
    }
    leaves.add(new Leaf(name, new ArrayList<>(path), null, when, m));
    Set<Class<?>> seen = new HashSet<>();
    for (Map.Entry<String, Class<?>> s : subtypes.entrySet()) {
      seen.add(s.getValue());
      Map<String, String> chosen = new LinkedHashMap<>(when);
      chosen.put(name, s.getKey());
      bean(special(type, s.getValue()), follow(instance(chosen), path), path, chosen, stack);
    }
    if (fallback != null && seen.add(fallback) && !Modifier.isAbstract(fallback.getModifiers())) {
      bean(special(type, fallback), instance, path, when, stack);
    }
  }

  private JavaType special(JavaType type, Class<?> c)
  {
    return role.mapper.getTypeFactory().constructSpecializedType(type, c);
  }

  private static String shown(Object value)
  {
    return value == Beans.MISSING ? "?" : Dump.text(value);
  }

  /** A default, which may differ from role to role. */
  @SuppressWarnings("unchecked")
  private void preset(Map<String, Object> m, String text)
  {
    if ("random".equals(m.get("varies"))) {
      return;
    }
    if (!m.containsKey("default")) {
      m.put("default", text);
    } else if (!String.valueOf(text).equals(String.valueOf(m.get("default"))) && role.extra.isEmpty()) {
      ((Map<String, String>) m.computeIfAbsent("defaults", k -> new LinkedHashMap<String, String>())).put(role.name, text);
    }
  }

  private void bean(JavaType type, Object instance, List<SettableBeanProperty> path, Map<String, String> when, Deque<Class<?>> stack) throws Exception
  {
    JsonDeserializer<?> d = Druid.deserializer(role.context, type);
    if (!(d instanceof BeanDeserializerBase)) {
      Map<String, Object> m = record("json", name(path, ""), type.getRawClass(), when);
      m.putIfAbsent("javaType", type.toCanonical());
      m.put("deserializer", d.getClass().getSimpleName());
      return;
    }
    Object again = instance == null || !path.isEmpty() ? null : instance(when); // a second one shows what is random
    for (SettableBeanProperty p : Beans.properties((BeanDeserializerBase) d)) {
      List<SettableBeanProperty> here = new ArrayList<>(path);
      here.add(p);
      Map<String, Object> m = record("json", name(here, ""), type.getRawClass(), when);
      m.put("javaType", p.getType().toCanonical());
      m.put("bind", p instanceof CreatorProperty ? "creator" : p.getMember() instanceof AnnotatedField ? "field" : "setter");
      if (p.isRequired()) {
        m.put("jsonRequired", true);
      }
      if (p.getType().isEnumType()) {
        List<String> names = new ArrayList<>();
        for (Object o : p.getType().getRawClass().getEnumConstants()) {
          names.add(((Enum<?>) o).name());
        }
        m.put("choices", names);
      }
      List<String> bounds = bounds(type.getRawClass(), p);
      if (!bounds.isEmpty()) {
        m.put("bounds", bounds);
      }
      Object members = members(p.getType());
      if (members != null) {
        m.put("members", members);
      }
      Object value = instance == null ? null : Beans.value(instance, p);
      if (instance != null) {
        String text = shown(value);
        if (again != null && again.getClass() == instance.getClass() && !Objects.equals(text, shown(Beans.value(again, p)))) {
          m.put("varies", "random");
          m.put("default", "<random>");
        }
        preset(m, text);
        Object getter = Beans.getter(instance, p);
        if (getter != Beans.MISSING && value != Beans.MISSING && !Objects.equals(Dump.text(getter), Dump.text(value))) {
          m.put("getter", Dump.text(getter));
        }
      }
      leaves.add(new Leaf(name(here, ""), here, p.getType(), when, m));
      if (ours(p.getType())) {
        type(p.getType(), value == Beans.MISSING ? null : value, here, when, stack);
      }
    }
  }

  /** The fields of what a list or map holds, by name with their types; the names of subtypes under the key that picks them. */
  private Object members(JavaType type)
  {
    JavaType item = type.isContainerType() ? type.getContentType() : null;
    if (item == null || !item.getRawClass().getName().startsWith(Druid.ROOT) || item.isEnumType()) {
      return null;
    }
    Map<String, Object> members = new LinkedHashMap<>();
    try {
      TypeDeserializer named = role.context.getFactory().findTypeDeserializer(role.mapper.getDeserializationConfig(), item);
      if (named != null) {
        members.put(named.getPropertyName(), new ArrayList<>(Druid.subtypes(role.mapper, item).keySet()));
      }
      JsonDeserializer<?> d = Druid.deserializer(role.context, item);
      if (d instanceof BeanDeserializerBase) {
        for (SettableBeanProperty p : Beans.properties((BeanDeserializerBase) d)) {
          members.put(p.getName(), p.getType().toCanonical());
        }
      }
    }
    catch (Throwable e) {
      // nothing to say of what is in it
    }
    return members.isEmpty() ? null : members;
  }

  /** Whether a type is a class of Druid's with fields or subtypes. */
  static boolean ours(JavaType t)
  {
    return t.getRawClass().getName().startsWith(Druid.ROOT) && !t.isEnumType() && !t.isContainerType();
  }

  static boolean hasSubtypes(JavaType t)
  {
    return t.getRawClass().isAnnotationPresent(JsonTypeInfo.class);
  }

  private List<String> bounds(Class<?> c, SettableBeanProperty p)
  {
    List<String> bounds = new ArrayList<>();
    try {
      Field f = Beans.field(c, p);
      PropertyDescriptor pd = role.validator.getConstraintsForClass(c).getConstraintsForProperty(f == null ? p.getName() : f.getName());
      if (pd != null) {
        for (ConstraintDescriptor<?> cd : pd.getConstraintDescriptors()) {
          Map<String, Object> a = new TreeMap<>(cd.getAttributes());
          a.keySet().removeAll(Arrays.asList("groups", "payload", "message", "validationAppliesTo", "inclusive", "flags"));
          bounds.add(cd.getAnnotation().annotationType().getSimpleName() + (a.isEmpty() ? "" : a.toString()));
        }
        if (pd.isCascaded()) {
          bounds.add("Valid");
        }
      }
    }
    catch (Throwable e) {
      bounds.add("? " + e);
    }
    Collections.sort(bounds); // the validator keeps them in a set
    return bounds;
  }

  private static Object follow(Object root, List<SettableBeanProperty> path)
  {
    Object o = root;
    for (SettableBeanProperty p : path) {
      if (o == null || o == Beans.MISSING) {
        return null;
      }
      o = Beans.value(o, p);
    }
    return o == Beans.MISSING ? null : o;
  }
}
