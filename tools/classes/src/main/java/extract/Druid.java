package extract;

import com.fasterxml.jackson.databind.AnnotationIntrospector;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.InjectableValues;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.introspect.AnnotatedClass;
import com.fasterxml.jackson.databind.jsontype.NamedType;
import com.fasterxml.jackson.databind.jsontype.SubtypeResolver;

import java.lang.reflect.Constructor;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Druid's classes and Jackson's, by name. One source is compiled against every release: packages were renamed after 0.12,
 * builders came with 25, and Jackson went from 2.4 to 2.18, so what differs is called by reflection and stands here.
 */
final class Druid
{
  /** The package of everything Druid. */
  static final String ROOT = exists("org.apache.druid.cli.Main") ? "org.apache.druid" : "io.druid";

  private Druid()
  {
  }

  /** The roles that this release has, each with the class of its command; no Indexer before 0.16. */
  static Map<String, String> roles()
  {
    Map<String, String> roles = new LinkedHashMap<>();
    for (String name : "Coordinator Overlord Broker Router Historical MiddleManager Indexer Peon".split(" ")) {
      String command = ROOT + ".cli.Cli" + name;
      if (exists(command)) {
        roles.put(Character.toLowerCase(name.charAt(0)) + name.substring(1), command);
      }
    }
    return roles;
  }

  static boolean exists(String name)
  {
    try {
      Class.forName(name, false, Druid.class.getClassLoader());
      return true;
    }
    catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }

  /** A class by its name below the root. */
  static Class<?> type(String name) throws ClassNotFoundException
  {
    return Class.forName(ROOT + name);
  }

  static boolean is(Object o, String name)
  {
    return o.getClass().getName().equals(ROOT + name);
  }

  static Object construct(String name) throws ReflectiveOperationException
  {
    Constructor<?> c = type(name).getDeclaredConstructor();
    c.setAccessible(true);
    return c.newInstance();
  }

  /** What a private field holds; null where this release has no such field. */
  static Object field(Object o, String name) throws IllegalAccessException
  {
    try {
      Field f = o.getClass().getDeclaredField(name);
      f.setAccessible(true);
      return f.get(o);
    }
    catch (NoSuchFieldException e) {
      return null;
    }
  }

  static Object call(Object o, String name, Object... args) throws ReflectiveOperationException
  {
    for (Class<?> c = o.getClass(); c != null; c = c.getSuperclass()) {
      for (Method m : c.getDeclaredMethods()) {
        if (m.getName().equals(name) && m.getParameterCount() == args.length && !m.isBridge() && !Modifier.isAbstract(m.getModifiers())
            && (args.length == 0 || m.getParameterTypes()[0].isInstance(args[0]))) {
          m.setAccessible(true);
          return m.invoke(o, args);
        }
      }
    }
    throw new NoSuchMethodException(o.getClass().getName() + "." + name);
  }

  // Jackson 2.4 to 2.18

  static InjectableValues injectables(ObjectMapper mapper) throws ReflectiveOperationException
  {
    Field f = ObjectMapper.class.getDeclaredField("_injectableValues");
    f.setAccessible(true);
    return (InjectableValues) f.get(mapper);
  }

  /** The concrete subtypes of a class by the names under which they are written. */
  static Map<String, Class<?>> subtypes(ObjectMapper mapper, JavaType type)
  {
    DeserializationConfig config = mapper.getDeserializationConfig();
    AnnotatedClass c = (AnnotatedClass) config.introspectClassAnnotations(type).getClassInfo();
    Map<String, Class<?>> named = new TreeMap<>();
    for (NamedType t : namedTypes(mapper, config, c)) {
      if (t.getName() != null && !Modifier.isAbstract(t.getType().getModifiers())) {
        named.put(t.getName(), t.getType());
      }
    }
    return named;
  }

  @SuppressWarnings("unchecked")
  private static Collection<NamedType> namedTypes(ObjectMapper mapper, DeserializationConfig config, AnnotatedClass c)
  {
    SubtypeResolver resolver = mapper.getSubtypeResolver();
    try {
      for (Method m : SubtypeResolver.class.getMethods()) {
        if (m.getName().equals("collectAndResolveSubtypesByTypeId") && m.getParameterCount() == 2) {
          return (Collection<NamedType>) m.invoke(resolver, config, c);
        }
      }
      return (Collection<NamedType>) SubtypeResolver.class
          .getMethod("collectAndResolveSubtypes", AnnotatedClass.class, MapperConfig.class, AnnotationIntrospector.class)
          .invoke(resolver, c, config, config.getAnnotationIntrospector());
    }
    catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  static JsonDeserializer<?> deserializer(DeserializationContext context, JavaType type) throws Exception
  {
    for (Method m : DeserializationContext.class.getMethods()) {
      if (m.getName().equals("findNonContextualValueDeserializer")) {
        return (JsonDeserializer<?>) m.invoke(context, type);
      }
    }
    return context.findContextualValueDeserializer(type, null);
  }
}
