package form

import (
	"path"
	"slices"
	"strings"

	"github.com/implycheck/implycheck/schema"
)

// scriptVariables are those that druid.sh reads, by the first and last release that
// does.
var scriptVariables = []struct {
	name string
	schema.Range
}{
	{"DRUID_CONFIG_COMMON", schema.Range{From: 15}},
	{"DRUID_LOG4J", schema.Range{}},
	{"DRUID_LOG_LEVEL", schema.Range{}},
	{"DRUID_SERVICE_LOG4J", schema.Range{From: 25}},
	{"DRUID_SERVICE_LOG_LEVEL", schema.Range{From: 25}},
	{"DRUID_XMX", schema.Range{}},
	{"DRUID_XMS", schema.Range{}},
	{"DRUID_MAXNEWSIZE", schema.Range{}},
	{"DRUID_NEWSIZE", schema.Range{}},
	{"DRUID_MAXDIRECTMEMORYSIZE", schema.Range{}},
	{"DRUID_SINGLE_NODE_CONF", schema.Range{From: 25}},
	{"DRUID_SET_HOST", schema.Range{From: 17, Until: 32}},
	{"DRUID_SET_HOST_IP", schema.Range{From: 33}},
	{"DRUID_ADDITIONAL_CLASSPATH", schema.Range{From: 26}},
	{"DRUID_DIRS_TO_CREATE", schema.Range{From: 21}},
}

// meantNames are names that the script has never read, and those that are meant.
var meantNames = []struct{ name, meant string }{
	{"DRUID_COMMON_CONFIG", "DRUID_CONFIG_COMMON"},
	{"DRUID_USE_CONTAINER_IP", "DRUID_SET_HOST_IP"},
	{"DRUID_MAX_DIRECT_MEMORY_SIZE", "DRUID_MAXDIRECTMEMORYSIZE"},
	{"DRUID_MAXDIRECTMEMORY", "DRUID_MAXDIRECTMEMORYSIZE"},
	{"DRUID_LOGLEVEL", "DRUID_LOG_LEVEL"},
}

// noticeNames looks at the names of the variables: which the shell does not import,
// and which nothing reads.
func (s *image) noticeNames() {
	for _, v := range s.Env {
		name := v.Name.s
		if v.Before.Source != nil && strings.HasPrefix(strings.ToLower(name), "druid") {
			s.out.Facts = append(s.out.Facts, Fact{Kind: Twice, At: v.Before, Name: name, Other: v.Name.Place()})
		}
		switch {
		case !isIdentifier(name) && strings.HasPrefix(strings.ToLower(name), "druid"):
			s.note(LostName, v.Name.Place(), name, "")
		case isIdentifier(name) && !strings.HasPrefix(name, "druid_") && isPropertyName(name):
			s.note(LostName, v.Name.Place(), name, strings.ToLower(name))
		case strings.HasPrefix(name, "DRUID_"):
			s.noticeScriptName(v.Name)
		case strings.HasPrefix(name, "s3service"):
			s.note(DeadName, v.Name.Place(), name, "it goes to jets3t.properties, which Druid does not read any more")
		}
	}
}

func (s *image) note(kind FactKind, at Place, name, detail string) {
	s.out.Facts = append(s.out.Facts, Fact{Kind: kind, At: at, Name: name, Detail: detail})
}

// isPropertyName reports whether a variable is a property's but for its letters.
func isPropertyName(name string) bool {
	lower := strings.ToLower(name)
	if lower == name || !strings.HasPrefix(lower, "druid_") || strings.Count(lower, "_") < 2 {
		return false
	}
	key := strings.ReplaceAll(lower, "_", ".")
	if _, ok := schema.Lookup(key); ok {
		return true
	}
	return slices.ContainsFunc(schema.Suggest(key, schema.Newest), func(s string) bool { return strings.EqualFold(s, key) })
}

func (s *image) noticeScriptName(name Text) {
	if name.s == "DRUID_CONFIG_"+s.Role {
		return
	}
	for _, v := range scriptVariables {
		switch {
		case v.name != name.s:
			continue
		case s.Release < v.From:
			s.note(DeadName, name.Place(), name.s, "the image reads it from "+v.From.String()+" on")
		case v.Until > 0 && s.Release > v.Until:
			s.note(DeadName, name.Place(), name.s, "the last image that reads it is "+v.Until.String()+"; since then it is DRUID_SET_HOST_IP")
		case name.s == "DRUID_NEWSIZE" && s.Release <= 19:
			s.note(DeadName, name.Place(), name.s, "images before 0.20 write -XX:MaxNewSize for it, and no -XX:NewSize")
		}
		return
	}
	for _, m := range meantNames {
		if m.name == name.s {
			meant := m.meant
			if meant == "DRUID_SET_HOST_IP" && s.Release < 33 {
				meant = "DRUID_SET_HOST"
			}
			s.note(DeadName, name.Place(), name.s, "it is called "+meant)
			return
		}
	}
	if role, ok := strings.CutPrefix(name.s, "DRUID_CONFIG_"); ok && slices.Contains(roles, role) {
		return // for another container with the same environment
	}
	if s.Foreign {
		return // its own script may choose by one of these
	}
	if name.s == "DRUID_SERVICE" || name.s == "DRUID_SERVICES" || name.s == "DRUID_NODE_TYPE" || name.s == "DRUID_ROLE" {
		s.note(DeadName, name.Place(), name.s, "the first argument of the container chooses the service")
	}
}

// latestImages are those whose release matters to a cluster, besides Druid's.
var latestImages = []string{"zookeeper", "postgres", "postgresql", "mysql", "mariadb"}

// noticeTag looks for an image without a release, once.
func (t *Tree) noticeTag(image Text, unit string) bool {
	name, tag, _ := strings.Cut(path.Base(image.s), ":")
	if tag != "" && tag != "latest" || !isOfficial(image.s) && !slices.Contains(latestImages, name) || slices.ContainsFunc(t.Facts, func(f Fact) bool { return f.Kind == Latest && f.Name == image.s }) {
		return false
	}
	t.note(Fact{Kind: Latest, At: image.Place(), Name: image.s, Service: unit})
	return true
}

// notice looks at a service of Compose as a whole.
func (c *compose) notice(svc *composeService, role string, vars []Var) {
	single := slices.ContainsFunc(vars, func(v Var) bool { return v.Name.s == "DRUID_SINGLE_NODE_CONF" && v.Value.s != "" })
	release := c.in.release(svc.image.s)
	for _, v := range svc.volumes {
		f := Fact{Kind: Unread, At: v.At, Name: v.To, Service: svc.name}
		switch {
		case single && release >= 25 && strings.HasPrefix(v.To, confRoot+"cluster"):
			f.Detail = "DRUID_SINGLE_NODE_CONF makes the image read conf/druid/single-server"
		case v.To == "/tmp/conf" || strings.HasPrefix(v.To, "/tmp/conf/"):
			f.Detail = "the image deletes /tmp/conf/druid when it starts, and copies /opt/druid/conf/druid there"
		case !single && strings.HasPrefix(v.To, confRoot+"single-server") && isOfficial(svc.image.s):
			f.Detail = "without DRUID_SINGLE_NODE_CONF the image reads conf/druid/cluster"
		default:
			continue
		}
		c.tree.Facts = append(c.tree.Facts, f)
	}
}
