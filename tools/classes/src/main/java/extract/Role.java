package extract;

import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.deser.DefaultDeserializationContext;
import com.google.inject.Binding;
import com.google.inject.ConfigurationException;
import com.google.inject.Guice;
import com.google.inject.Injector;
import com.google.inject.Key;
import com.google.inject.Module;
import com.google.inject.Provider;
import com.google.inject.spi.ExposedBinding;
import com.google.inject.spi.InstanceBinding;
import com.google.inject.spi.ProviderInstanceBinding;
import com.google.inject.util.Modules;
import com.google.inject.util.Types;

import javax.validation.Validator;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Paths;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One role's injectors, built as its command builds them, and everything in them that is bound to properties. */
final class Role
{
  /** Objects are built in threads of their own, since some wait for what is not there. */
  private static final ExecutorService THREADS = Executors.newCachedThreadPool(r -> {
    Thread t = new Thread(r);
    t.setDaemon(true);
    return t;
  });
  /** What is bound at run time, under names that users make up. */
  private static final String[][] NAMED = {
      {"druid.auth.authenticator.<name>", ".server.security.Authenticator"},
      {"druid.auth.authorizer.<name>", ".server.security.Authorizer"},
      {"druid.coordinator.<dutyGroup>.duty.<dutyName>", ".server.coordinator.duty.CoordinatorCustomDuty"},
  };

  final Dump dump;
  final String name;
  /** A setting under which this injector is built, beside what every one needs. */
  final Map<String, String> extra;
  final Recorder properties;
  private final String command;

  private Object configurator;
  private Method configurate;
  ObjectMapper mapper;
  Validator validator;
  DeserializationContext context;

  Role(Dump dump, String name, String command, Map<String, String> extra)
  {
    this.dump = dump;
    this.name = name;
    this.command = command;
    this.extra = extra;
    this.properties = new Recorder(dump, name, new Properties());
  }

  void read() throws Exception
  {
    properties.setProperty("druid.extensions.loadList", "[]"); // all are on the class path
    // What older releases demand, or take from the machine when objects are built; defaults are read without these.
    properties.setProperty("druid.processing.buffer.sizeBytes", "1048576");
    properties.setProperty("druid.processing.numMergeBuffers", "2");
    properties.setProperty("druid.processing.numThreads", "1");
    properties.setProperty("druid.storage.storageDirectory", "storage");
    properties.setProperty("druid.segmentCache.locations", "[{\"path\":\"segments\",\"maxSize\":1}]");
    properties.putAll(extra);

    Injector startup = startup();
    Injector injector;
    try {
      injector = injector(startup, "task"); // a Peon's folder with task.json in newer releases
    }
    catch (Exception e) {
      if (!name.equals("peon")) {
        throw e;
      }
      injector = injector(startup, "task/task.json"); // the file itself in older ones
    }
    properties.phase = "start";
    look(injector);

    Map<Key<?>, Binding<?>> all = new LinkedHashMap<>();
    bindings(startup, all);
    bindings(injector, all);
    boolean build = extra.isEmpty() && !"no".equals(System.getProperty("build")) && !"no".equals(System.getProperty("values"));
    if (build) {
      used(injector, all); // first, since looking at what is bound builds some of it
    }
    properties.phase = "objects";
    for (Binding<?> b : all.values()) {
      try {
        binding(injector, b);
      }
      catch (Throwable e) {
        dump.problem(name, "binding " + Dump.text(b.getKey()), e);
      }
    }
    for (String[] named : NAMED) {
      if (Druid.exists(Druid.ROOT + named[1])) {
        new Walk(this, named[0], Druid.type(named[1]), null).run();
      }
    }
    if (build) {
      buildAll(injector, all);
    }
  }

  private Injector startup() throws ReflectiveOperationException
  {
    if (Druid.exists(Druid.ROOT + ".guice.StartupInjectorBuilder")) {
      Object builder = Druid.construct(".guice.StartupInjectorBuilder");
      Druid.call(builder, "withProperties", properties);
      Druid.call(builder, "withExtensions");
      if (Druid.exists(Druid.ROOT + ".guice.RuntimeInfoModule")) { // gone in 37
        Druid.call(builder, "add", (Object) new Module[]{(Module) Druid.construct(".guice.RuntimeInfoModule")});
      }
      return (Injector) Druid.call(builder, "build");
    }
    Method m = Druid.type(".guice.GuiceInjectors").getDeclaredMethod("makeDefaultStartupModules");
    m.setAccessible(true);
    @SuppressWarnings("unchecked")
    Collection<Module> modules = (Collection<Module>) m.invoke(null);
    return Guice.createInjector(Modules.override(modules).with(b -> b.bind(Properties.class).toInstance(properties)));
  }

  private Injector injector(Injector startup, String task) throws Exception
  {
    Object cli = Class.forName(command).getConstructor().newInstance();
    try {
      Field f = cli.getClass().getField("taskAndStatusFile");
      Files.createDirectories(Paths.get("task"));
      Files.write(Paths.get("task/task.json"), "{\"type\":\"noop\",\"id\":\"noop\",\"dataSource\":\"a\"}".getBytes(StandardCharsets.UTF_8));
      f.set(cli, Arrays.asList(task, "task/1", "task/2"));
    }
    catch (NoSuchFieldException e) {
      // not a Peon
    }
    startup.injectMembers(cli);
    for (Class<?> c = cli.getClass(); c != null; c = c.getSuperclass()) {
      for (Method m : c.getDeclaredMethods()) {
        if (m.getName().equals("makeInjector") && m.getParameterCount() == 1) {
          return (Injector) m.invoke(cli, nodeRoles(cli));
        }
      }
    }
    return (Injector) Druid.call(cli, "makeInjector");
  }

  private Object nodeRoles(Object cli) throws ReflectiveOperationException
  {
    try {
      return Druid.call(cli, "getNodeRoles", properties);
    }
    catch (NoSuchMethodException e) {
      return Collections.singleton(Druid.type(".discovery.NodeRole").getField("PEON").get(null));
    }
  }

  private void look(Injector injector) throws Exception
  {
    configurator = injector.getInstance(Druid.type(".guice.JsonConfigurator"));
    for (Method m : configurator.getClass().getMethods()) {
      if (m.getName().equals("configurate") && (configurate == null || m.getParameterCount() > configurate.getParameterCount())) {
        configurate = m;
      }
    }
    mapper = (ObjectMapper) Druid.field(configurator, "jsonMapper");
    validator = (Validator) Druid.field(configurator, "validator");
    context = ((DefaultDeserializationContext) mapper.getDeserializationContext())
        .createInstance(mapper.getDeserializationConfig(), mapper.getFactory().createParser("{}"), Druid.injectables(mapper));
  }

  private static void bindings(Injector i, Map<Key<?>, Binding<?>> all)
  {
    for (Map.Entry<Key<?>, Binding<?>> e : i.getAllBindings().entrySet()) {
      all.put(e.getKey(), e.getValue());
      if (e.getValue() instanceof ExposedBinding) {
        bindings(((ExposedBinding<?>) e.getValue()).getPrivateElements().getInjector(), all);
      }
    }
  }

  /** What the release's own configurator makes of some settings. */
  Object configure(Map<String, String> values, String prefix, Class<?> c, Class<?> otherwise) throws Throwable
  {
    Properties p = new Properties();
    p.putAll(values);
    try {
      return configurate.getParameterCount() == 4
             ? configurate.invoke(configurator, p, prefix, c, otherwise)
             : configurate.invoke(configurator, p, prefix, c);
    }
    catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  // ------------------------------------------------------------------------------------------ the three binders

  @SuppressWarnings("unchecked")
  private void binding(Injector injector, Binding<?> b) throws Exception
  {
    if (!(b instanceof ProviderInstanceBinding)) {
      return;
    }
    Object p = ((ProviderInstanceBinding<?>) b).getUserSuppliedProvider();
    if (Druid.is(p, ".guice.JsonConfigProvider")) {
      new Walk(this, (String) Druid.field(p, "propertyBase"), (Class<?>) Druid.field(p, "classToProvide"), (Class<?>) Druid.field(p, "defaultClass")).run();
    } else if (Druid.is(p, ".guice.PolyBind$ConfiggedProvider")) {
      poly(injector, p);
    } else if (Druid.is(p, ".guice.ConfigProvider")) {
      Object texts = Druid.field(p, "replacements");
      new Magic(this, (Class<?>) Druid.field(p, "clazz"), texts == null ? Collections.emptyMap() : (Map<String, String>) texts).run();
    }
  }

  /** PolyBind: a name picks an implementation. An unknown one is refused where it is injected, or silently another. */
  private void poly(Injector injector, Object p) throws Exception
  {
    Key<?> key = (Key<?>) Druid.field(p, "key");
    Object otherwise = Druid.field(p, "defaultKey");
    Object preset = Druid.field(p, "defaultPropertyValue");
    Type map = Types.mapOf(String.class, Types.newParameterizedType(Provider.class, key.getTypeLiteral().getType()));
    Key<?> options = key.getAnnotation() != null ? Key.get(map, key.getAnnotation())
                     : key.getAnnotationType() != null ? Key.get(map, key.getAnnotationType()) : Key.get(map);
    String what = key.getTypeLiteral() + (key.getAnnotationType() == null ? "" : "@" + key.getAnnotationType().getSimpleName());
    Map<String, Object> m = dump.property(this, "polybind", (String) Druid.field(p, "property"), what, Collections.emptyMap());
    m.put("javaType", "choice");
    Set<String> names = new TreeSet<>();
    try {
      names.addAll(((Map<String, ?>) injector.getInstance(options)).keySet());
    }
    catch (ConfigurationException e) {
      // nothing offers anything
    }
    String fallback = otherwise == null ? null : "(" + Dump.text(otherwise) + ")";
    if (preset != null) {
      m.put("default", preset);
    } else if (fallback != null) {
      m.put("default", fallback);
    } else {
      m.put("required", true);
    }
    if (fallback != null) {
      m.put("fallback", fallback);
    }
    for (String n : names) {
      Dump.add(m, "choices", n);
    }
    Trial.names(this, m, names, fallback, "ProvisionException: Unknown provider [<v>], where it is injected");
  }

  // ------------------------------------------------------------------------------------------ what a role uses

  /** Which classes this role reads when it starts: what is built for the life cycle and for the HTTP resources. */
  private void used(Injector injector, Map<Key<?>, Binding<?>> all) throws Exception
  {
    build(injector, Key.get(Druid.type(".java.util.common.lifecycle.Lifecycle")));
    mark(all, "rolesStart");
    properties.phase = "http";
    for (Binding<?> b : all.values()) {
      if (String.valueOf(b.getKey()).contains("JSR311Resource") && String.valueOf(b.getKey().getTypeLiteral()).startsWith("java.util.Set<java.lang.Class")) {
        for (Object c : (Set<?>) injector.getInstance(b.getKey())) {
          build(injector, Key.get((Class<?>) c));
        }
      }
    }
    mark(all, "rolesUsed");
  }

  private void build(Injector injector, Key<?> key)
  {
    try {
      THREADS.submit(() -> injector.getInstance(key)).get(20, TimeUnit.SECONDS);
    }
    catch (Throwable e) {
      dump.problem(name, "building " + Dump.text(key), e);
    }
  }

  private void mark(Map<Key<?>, Binding<?>> all, String as) throws IllegalAccessException
  {
    for (Binding<?> b : all.values()) {
      if (b instanceof ProviderInstanceBinding) {
        Object p = ((ProviderInstanceBinding<?>) b).getUserSuppliedProvider();
        if (Druid.is(p, ".guice.JsonConfigProvider") && Druid.field(p, "retVal") != null) {
          dump.note("bound", Druid.field(p, "propertyBase") + " " + ((Class<?>) Druid.field(p, "classToProvide")).getName(), as, name);
        }
      }
    }
  }

  /** Builds every bound object, for what constructors and providers read by name. */
  private void buildAll(Injector injector, Map<Key<?>, Binding<?>> all)
  {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    for (Binding<?> b : all.values()) {
      if (System.nanoTime() > end || b instanceof InstanceBinding || b.getKey().toString().matches(".*com\\.(google\\.(api|cloud)|amazonaws|azure)\\..*")) {
        continue; // clients of clouds look for their servers
      }
      Future<?> f = THREADS.submit(() -> injector.getInstance(b.getKey()));
      try {
        f.get(10, TimeUnit.SECONDS);
      }
      catch (TimeoutException e) {
        f.cancel(true);
        dump.problem(name, "instance " + Dump.text(b.getKey()), e);
      }
      catch (Throwable e) {
        // what cannot be built without a cluster
      }
    }
  }
}
