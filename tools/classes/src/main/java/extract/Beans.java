package extract;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.deser.BeanDeserializerBase;
import com.fasterxml.jackson.databind.deser.SettableBeanProperty;

import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/** Reads back what an object holds for a property of Jackson's, through whatever it has: field, annotation or getter. */
final class Beans
{
  static final Object MISSING = new Object();

  private Beans()
  {
  }

  /** What can be written: not what Druid injects. */
  static Collection<SettableBeanProperty> properties(BeanDeserializerBase d)
  {
    Map<String, SettableBeanProperty> all = new LinkedHashMap<>();
    d.properties().forEachRemaining(p -> all.put(p.getName(), p));
    d.creatorProperties().forEachRemaining(p -> all.putIfAbsent(p.getName(), p));
    all.values().removeIf(p -> p.getName().isEmpty() || p.getInjectableValueId() != null && p.getAnnotation(JsonProperty.class) == null);
    return all.values();
  }

  static Field field(Class<?> c, SettableBeanProperty p)
  {
    Member m = p.getMember() == null ? null : p.getMember().getMember();
    if (m instanceof Field) {
      return (Field) m;
    }
    Field byName = null;
    for (Class<?> k = c; k != null && k != Object.class; k = k.getSuperclass()) {
      for (Field f : k.getDeclaredFields()) {
        JsonProperty a = f.getAnnotation(JsonProperty.class);
        if (a != null && (a.value().equals(p.getName()) || a.value().isEmpty() && f.getName().equals(p.getName()))) {
          return f;
        }
        if (f.getName().equals(p.getName())) {
          byName = f;
        }
      }
    }
    return byName;
  }

  static Object value(Object o, SettableBeanProperty p)
  {
    try {
      Field f = field(o.getClass(), p);
      if (f != null && f.getDeclaringClass().isInstance(o)) {
        f.setAccessible(true);
        return f.get(o);
      }
    }
    catch (Throwable e) {
      // not to be read
    }
    return getter(o, p);
  }

  static Object getter(Object o, SettableBeanProperty p)
  {
    String cap = Character.toUpperCase(p.getName().charAt(0)) + p.getName().substring(1);
    for (String n : new String[]{"get" + cap, "is" + cap, p.getName()}) {
      for (Class<?> k = o.getClass(); k != null && k != Object.class; k = k.getSuperclass()) {
        for (Method m : k.getDeclaredMethods()) {
          JsonProperty a = m.getAnnotation(JsonProperty.class);
          if (m.getParameterCount() == 0 && m.getReturnType() != void.class && (m.getName().equals(n) || a != null && a.value().equals(p.getName()))) {
            try {
              m.setAccessible(true);
              return m.invoke(o);
            }
            catch (Throwable e) {
              return MISSING;
            }
          }
        }
      }
    }
    return MISSING;
  }
}
