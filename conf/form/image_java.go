package form

import (
	"strings"
)

// javaVariables set flags in the service's jvm.config.
var javaVariables = []struct{ name, flag string }{
	{"DRUID_XMX", "-Xmx"}, {"DRUID_XMS", "-Xms"}, {"DRUID_MAXNEWSIZE", "-XX:MaxNewSize"}, {"DRUID_NEWSIZE", "-XX:NewSize"},
	{"DRUID_MAXDIRECTMEMORYSIZE", "-XX:MaxDirectMemorySize"},
}

// JavaVariable is the variable of the image that sets a flag of java, empty if it has
// none.
func JavaVariable(flag string) string {
	for _, v := range javaVariables {
		if v.flag == flag {
			return v.name
		}
	}
	return ""
}

func (s *image) javaKeys() {
	for _, v := range javaVariables {
		value, ok := s.value(v.name)
		if !ok {
			continue
		}
		if s.jvm == nil {
			s.fail("there is no jvm.config of the service " + s.Role + " for " + v.name + " to be written to")
			return
		}
		s.jvm.delete(v.flag)
		flag := v.flag
		if strings.HasPrefix(flag, "-XX:") {
			if flag == "-XX:NewSize" && s.Release <= 19 {
				flag = "-XX:MaxNewSize"
			}
			flag += "="
		}
		if i := strings.IndexAny(value.s, " \t\n"); i >= 0 { // the shell cuts it
			value = value.Slice(0, i)
		}
		s.jvm.add(Join(Made(flag, value.Place()), value, Made("\n", value.Place())).ofVariable())
	}
}

// javaOpts joins the words of jvm.config and of JAVA_OPTS as java gets them. What
// xargs would take away in JAVA_OPTS, it does not see.
func (s *image) javaOpts() {
	opts, ok := s.value("JAVA_OPTS")
	if !ok {
		return
	}
	var quoted []Text
	at := 0
	for i := range len(opts.s) {
		if strings.IndexByte(`"'\`, opts.s[i]) >= 0 {
			quoted = append(quoted, opts.Slice(at, i), Made(`\`, opts.Slice(i, i+1).Place()))
			at = i
		}
	}
	own := Join(append(quoted, opts.Slice(at, len(opts.s)), Made("\n", opts.Place()))...).ofVariable()
	s.out.HasJVM = true
	if s.Release >= 23 {
		jvm := s.out.JVM
		if jvm.s != "" && !strings.HasSuffix(jvm.s, "\n") {
			jvm = Join(jvm, Made("\n", opts.Place()))
		}
		s.out.JVM = Join(jvm, own)
		return
	}
	s.out.JVM = Join(own, s.out.JVM)
}
