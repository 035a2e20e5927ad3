package sizing

import (
	"fmt"
	"net/url"
	"strings"
)

// Site is what a plan cannot know of a place. Empty parts become placeholders.
type Site struct {
	// ZooKeeper lists host:port pairs with commas between them.
	ZooKeeper string
	// Metadata is a URI: mysql://host/db or postgresql://host/db.
	Metadata string
	// DeepStorage is a URI: s3://bucket/prefix, hdfs://host/path or file:///path.
	DeepStorage string
}

// Files writes a plan down in the layout of its target, by path below the conf
// folder.
func (p Plan) Files(site Site) (map[string]string, error) {
	files := map[string]string{}
	common, err := p.common(site)
	if err != nil {
		return nil, err
	}
	files[p.folder("_common")+"/common.runtime.properties"] = common
	files[p.folder("_common")+"/log4j2.xml"] = log4j2
	for _, s := range p.Servers {
		for _, process := range s.Processes {
			if process.Service == "zookeeper" {
				files["zk/jvm.config"] = jvmConfig(process)
				files["zk/zoo.cfg"] = zooCfg(site.ZooKeeper)
				continue
			}
			dir := p.folder(process.Service)
			files[dir+"/jvm.config"] = jvmConfig(process)
			files[dir+"/main.config"] = p.mainClass() + " server " + process.Service + "\n"
			files[dir+"/runtime.properties"] = p.runtimeProperties(process)
		}
		if p.Target.Imply {
			files["supervise/"+superviseName(s.Role)] = supervise(s)
		}
	}
	return files, nil
}

// folder is where a service has its files: Imply keeps all of them side by side,
// Druid's cluster template one folder a server.
func (p Plan) folder(service string) string {
	if p.Target.Imply {
		return "druid/" + service
	}
	role := map[string]string{
		"historical": "data/", "middleManager": "data/", "broker": "query/", "router": "query/", "coordinator": "master/", "overlord": "master/",
	}[service]
	return "druid/cluster/" + role + service
}

func (p Plan) mainClass() string {
	if p.Target.Release < 13 {
		return "io.druid.cli.Main"
	}
	return "org.apache.druid.cli.Main"
}

func jvmConfig(p Process) string {
	var b strings.Builder
	b.WriteString("-server\n")
	for _, f := range p.Figures {
		if name, ok := strings.CutPrefix(f.Key, "-X"); ok {
			separator := ""
			if strings.HasPrefix(name, "X:") {
				separator = "="
			}
			fmt.Fprintf(&b, "%s%s%s\n", f.Key, separator, f.Value)
		}
	}
	b.WriteString("-XX:+UseG1GC\n-XX:+ExitOnOutOfMemoryError\n-Duser.timezone=UTC\n-Dfile.encoding=UTF-8\n-Djava.io.tmpdir=var/tmp\n" +
		"-Djava.util.logging.manager=org.apache.logging.log4j.jul.LogManager\n")
	return b.String()
}

// ports are Druid's own.
var ports = map[string]int{"coordinator": 8081, "broker": 8082, "historical": 8083, "overlord": 8090, "middleManager": 8091, "router": 8888}

func (p Plan) runtimeProperties(process Process) string {
	var b strings.Builder
	fmt.Fprintf(&b, "druid.service=druid/%s\ndruid.plaintextPort=%d\n\n", process.Service, ports[process.Service])
	for _, f := range process.Figures {
		if strings.HasPrefix(f.Key, "druid.") {
			fmt.Fprintf(&b, "# %s (%s)\n%s=%s\n", f.Formula, f.Source, f.Key, f.Value)
		}
	}
	switch process.Service {
	case "middleManager":
		b.WriteString("\ndruid.indexer.task.baseTaskDir=var/druid/task\n")
		if p.Target.Release >= 13 {
			b.WriteString("druid.indexer.runner.endPort=8199\n")
		}
	case "router":
		if p.Target.Release >= 13 {
			b.WriteString("\ndruid.router.managementProxy.enabled=true\n")
		}
	}
	return b.String()
}

// common is the shared file: where ZooKeeper, metadata and segments are.
func (p Plan) common(site Site) (string, error) {
	extensions := []string{"druid-datasketches", "druid-kafka-indexing-service"}
	zk := site.ZooKeeper
	if zk == "" {
		zk = "zk1.example.com:2181,zk2.example.com:2181,zk3.example.com:2181"
	}
	metadata, extension, err := metadataLines(site.Metadata)
	if err != nil {
		return "", err
	}
	extensions = append(extensions, extension)
	storage, extension, err := storageLines(site.DeepStorage)
	if err != nil {
		return "", err
	}
	if extension != "" {
		extensions = append(extensions, extension)
	}
	monitors := "org.apache.druid.java.util.metrics.JvmMonitor"
	if p.Target.Release < 13 {
		monitors = "io.druid.java.util.metrics.JvmMonitor"
	}
	return fmt.Sprintf(`# Written by implycheck for %s. Replace what ends in example.com.
druid.extensions.loadList=["%s"]

druid.zk.service.host=%s
druid.zk.paths.base=/druid

%s
%s
druid.monitoring.monitors=["%s"]
druid.emitter=logging
druid.emitter.logging.logLevel=info
`, p.Target.Name, strings.Join(extensions, `", "`), zk, metadata, storage, monitors), nil
}

func metadataLines(uri string) (lines, extension string, err error) {
	if uri == "" {
		uri = "mysql://db.example.com:3306/druid"
	}
	u, err := url.Parse(strings.TrimPrefix(uri, "jdbc:"))
	if err != nil || u.Host == "" {
		return "", "", fmt.Errorf("--metadata: %q is no URI such as postgresql://db.internal/druid", uri)
	}
	kind := u.Scheme
	if kind != "mysql" && kind != "postgresql" {
		return "", "", fmt.Errorf("--metadata: %s is neither mysql nor postgresql", kind)
	}
	user := "druid"
	if u.User != nil {
		user = u.User.Username()
	}
	return fmt.Sprintf(`druid.metadata.storage.type=%s
druid.metadata.storage.connector.connectURI=jdbc:%s://%s%s
druid.metadata.storage.connector.user=%s
druid.metadata.storage.connector.password={"type":"environment","variable":"METADATA_PASSWORD"}
`, kind, kind, u.Host, u.Path, user), kind + "-metadata-storage", nil
}

func storageLines(uri string) (lines, extension string, err error) {
	if uri == "" {
		uri = "s3://your-bucket/druid"
	}
	u, err := url.Parse(uri)
	if err != nil {
		return "", "", fmt.Errorf("--deep-storage: %q is no URI such as s3://bucket/prefix", uri)
	}
	prefix := strings.Trim(u.Path, "/")
	switch u.Scheme {
	case "s3":
		return fmt.Sprintf("druid.storage.type=s3\ndruid.storage.bucket=%s\ndruid.storage.baseKey=%s\n\ndruid.indexer.logs.type=s3\ndruid.indexer.logs.s3Bucket=%s\ndruid.indexer.logs.s3Prefix=%s\n",
			u.Host, below(prefix, "segments"), u.Host, below(prefix, "indexing-logs")), "druid-s3-extensions", nil
	case "hdfs":
		root := strings.TrimRight(uri, "/")
		return fmt.Sprintf("druid.storage.type=hdfs\ndruid.storage.storageDirectory=%s/segments\n\ndruid.indexer.logs.type=hdfs\ndruid.indexer.logs.directory=%s/indexing-logs\n", root, root), "druid-hdfs-storage", nil
	case "file":
		return fmt.Sprintf("druid.storage.type=local\ndruid.storage.storageDirectory=%s/segments\n\ndruid.indexer.logs.type=file\ndruid.indexer.logs.directory=%s/indexing-logs\n", u.Path, u.Path), "", nil
	}
	return "", "", fmt.Errorf("--deep-storage: %q: write s3://, hdfs:// or file://", uri)
}

func below(prefix, name string) string {
	if prefix == "" {
		return name
	}
	return prefix + "/" + name
}

func zooCfg(hosts string) string {
	text := "tickTime=2000\ndataDir=var/zk\nclientPort=2181\ninitLimit=5\nsyncLimit=2\nautopurge.snapRetainCount=5\nautopurge.purgeInterval=1\n"
	list := strings.Split(hosts, ",")
	if hosts == "" || len(list) < 2 {
		return text
	}
	for i, host := range list {
		name, _, _ := strings.Cut(strings.TrimSpace(host), ":")
		text += fmt.Sprintf("server.%d=%s:2888:3888\n", i+1, name)
	}
	return text
}

func superviseName(role string) string {
	switch role {
	case "master":
		return "master-with-zk.conf"
	case AllInOne:
		return "all.conf"
	}
	return role + ".conf"
}

// supervise starts the processes of a server; higher orders stop first.
func supervise(s Server) string {
	var b strings.Builder
	b.WriteString(":verify bin/verify-java\n:verify bin/verify-version-check\n\n")
	for _, p := range s.Processes {
		switch p.Service {
		case "zookeeper":
			b.WriteString("!p10 zk bin/run-zk conf\n")
		case "overlord":
			b.WriteString("!p80 overlord bin/run-druid overlord conf\n")
		case "middleManager":
			b.WriteString("!p90 middleManager bin/run-druid middleManager conf\n")
		default:
			fmt.Fprintf(&b, "%s bin/run-druid %s conf\n", p.Service, p.Service)
		}
	}
	return b.String()
}

const log4j2 = `<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="WARN">
  <Appenders>
    <Console name="Console" target="SYSTEM_OUT">
      <PatternLayout pattern="%d{ISO8601} %p [%t] %c - %m%n"/>
    </Console>
  </Appenders>
  <Loggers>
    <Root level="info">
      <AppenderRef ref="Console"/>
    </Root>
  </Loggers>
</Configuration>
`
