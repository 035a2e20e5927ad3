package extract;

import java.lang.annotation.Annotation;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Collections;
import java.util.Map;
import java.util.Properties;

/**
 * config-magic, the older binder: names and defaults are annotations of methods, values go through the release's factory.
 */
final class Magic
{
  private final Role role;
  private final Class<?> c;
  private final Map<String, String> replacements;

  Magic(Role role, Class<?> c, Map<String, String> replacements)
  {
    this.role = role;
    this.c = c;
    this.replacements = replacements;
  }

  void run() throws ReflectiveOperationException
  {
    Object plain = null;
    try {
      plain = build(new Properties());
    }
    catch (Throwable e) {
      role.dump.problem(role.name, "config-magic " + c.getName(), e);
    }
    for (Method method : c.getMethods()) {
      for (Annotation a : method.getAnnotations()) {
        if (a.annotationType().getName().equals("org.skife.config.Config")) {
          for (String name : (String[]) a.annotationType().getMethod("value").invoke(a)) {
            property(method, name, plain);
          }
        }
      }
    }
  }

  private void property(Method method, String pattern, Object plain) throws ReflectiveOperationException
  {
    String name = pattern;
    for (Map.Entry<String, String> r : replacements.entrySet()) {
      name = name.replace("${" + r.getKey() + "}", r.getValue());
    }
    name = name.replace("${base_path}", "druid.processing"); // DruidProcessingConfig's own default
    Map<String, Object> m = role.dump.property(role, "config-magic", name, c.getName(), Collections.emptyMap());
    m.put("javaType", method.getReturnType().getName());
    method.setAccessible(true);
    if (plain != null) {
      m.put("default", Dump.text(method.invoke(plain)));
    }
    String key = name;
    Trial trial = new Trial(role, m, name, null);
    trial.run(v -> {
      Properties p = new Properties();
      p.setProperty(key, v);
      try {
        return Dump.text(method.invoke(build(p)));
      }
      catch (InvocationTargetException e) {
        Throwable t = e;
        while (t instanceof InvocationTargetException && t.getCause() != null) {
          t = t.getCause();
        }
        throw t;
      }
    });
  }

  private Object build(Properties p) throws ReflectiveOperationException
  {
    Object factory = Druid.type(".java.util.common.config.Config").getMethod("createFactory", Properties.class).invoke(null, p);
    return factory.getClass().getMethod("buildWithReplacements", Class.class, Map.class).invoke(factory, c, replacements);
  }
}
