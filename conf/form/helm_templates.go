package form

import (
	"bytes"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/implycheck/implycheck/internal/lazy"
)

// findTemplates finds the templates of the chart that the values belong to: of values that
// were named alone, those of the known chart's names.
func (h *helm) findTemplates() {
	prefix := strings.TrimPrefix(path.Join(h.dir, "templates")+"/", "./")
	var names []string
	for _, name := range h.in.names() {
		if strings.HasPrefix(name, prefix) && len(names) < maxBeside {
			names = append(names, name)
		}
	}
	if h.in.Alone {
		names = append(names, prefix+"configmap.yaml")
		for _, role := range roles {
			names = append(names, prefix+role+"/deployment.yaml", prefix+role+"/statefulset.yaml")
		}
	}
	for _, name := range append(names, prefix+"_helpers.tpl") {
		if s, err := h.in.File(name); err == nil && bytes.Contains(s.Data, []byte(".Values")) && !slices.Contains(h.templates, s) {
			h.templates = append(h.templates, s)
		}
	}
}

// says reports whether a template of the chart holds a text.
func (h *helm) says(text string) bool {
	return slices.ContainsFunc(h.templates, func(s *Source) bool { return bytes.Contains(s.Data, []byte(text)) })
}

// makes reports whether the ConfigMap of the chart has a key: that of the known chart,
// where it is not here.
func (h *helm) makes(key string) bool { return !h.says(".Values.configVars") || h.says(key) }

// readsVars reports whether the chart reads configVars.
func (h *helm) readsVars() bool {
	return h.says(".Values.configVars") || h.in.Alone || !slices.ContainsFunc(h.templates, func(s *Source) bool { return IsYAML(s.Path) })
}

// madeKeys are the keys that the ConfigMap of the known chart makes.
var madeKeys = []string{
	"druid_zk_service_host", "druid_metadata_storage_type", "druid_metadata_storage_connector_connectURI",
	"druid_metadata_storage_connector_user", "druid_metadata_storage_connector_password",
}

// templateKey is a variable of Druid that a template names.
var templateKey = lazy.Regexp{Expr: `(?m)^[ \t]+(druid_\w+):[ \t]*(.*?)[ \t\r]*$`}

// ownKeys sets the variables that an owner has put into the template of the ConfigMap: to
// a list of the values where it is written as one, and else to what is not known.
func (h *helm) ownKeys(env *envReader) {
	for _, s := range h.templates {
		if !bytes.Contains(s.Data, []byte(".Values.configVars")) {
			continue
		}
		for _, m := range templateKey.Get().FindAllSubmatchIndex(s.Data, maxVariables) {
			name := string(s.Data[m[2]:m[3]])
			if slices.Contains(madeKeys, name) {
				continue
			}
			h.tree.use(s)
			at, text := Place{s, m[2], m[3]}, unknown(name)
			if list := h.listOf(string(s.Data[m[4]:m[5]])); list != nil {
				at, text = list.At, jsonList(list)
			}
			env.set(Var{Name: Made(name, at), Value: Made(text, at)})
		}
	}
}

// listOf is the list of the values that a template writes as JSON.
func (h *helm) listOf(template string) *Node {
	rest, ok := strings.CutPrefix(template, "{{ .Values.")
	at, printed, _ := strings.Cut(rest, " | ")
	if !ok || printed != "toJson | squote }}" && printed != "toJson | quote }}" {
		return nil
	}
	if list := h.values.Path(strings.Split(at, ".")...); list != nil && len(list.Items) > 0 {
		return list
	}
	return nil
}

// jsonList is a list of the values as text.
func jsonList(list *Node) string {
	var names []string
	for _, item := range list.Items {
		names = append(names, strconv.Quote(item.String()))
	}
	return "[" + strings.Join(names, ",") + "]"
}

// addsEnv reports whether the templates give a role variables that those of the known
// chart do not: what they hold is not known.
func (h *helm) addsEnv(role string) bool {
	for _, key := range []string{"extraEnv", "extraEnvs", "extraEnvVars", "envFrom", "extraEnvFrom"} {
		if n := h.values.Path(role, key); n != nil && len(n.Items)+len(n.Members) > 0 && h.says("."+key) {
			return true
		}
	}
	return h.says(".Values.env") || h.says(".Values."+role+".env") || h.says("name: druid_") || h.says("name: JAVA_OPTS")
}

// chartValue is where a template prints one of the values.
var chartValue = lazy.Regexp{Expr: `\{\{-?\s*\.Values\.([\w.]+)\s*(?:\|\s*quote\s*)?-?\}\}`}

// chartImage is the name of an image, with what the values of the chart have in the place
// of each expression, if it is that of a template. It tells the release, as far as nobody
// gives the chart another one.
func (k *kube) chartImage(name Text) Text {
	template := name.Place().Source
	if template == nil || !strings.Contains(name.s, "{{") {
		return name
	}
	dir := path.Dir(template.Path)
	for dir != "." && path.Base(dir) != "templates" {
		dir = path.Dir(dir)
	}
	s, err := k.in.File(path.Join(path.Dir(dir), "values.yaml"))
	if err != nil {
		return name
	}
	documents, err := s.Documents()
	if err != nil || len(documents) != 1 {
		return name
	}
	var parts []Text
	at := 0
	for _, m := range chartValue.Get().FindAllStringSubmatchIndex(name.s, -1) {
		v := documents[0].Path(strings.Split(name.s[m[2]:m[3]], ".")...)
		if v == nil || v.Kind != Scalar {
			return name
		}
		parts, at = append(parts, name.Slice(at, m[0]), v.Text), m[1]
	}
	filled := Join(append(parts, name.Slice(at, len(name.s)))...)
	if strings.Contains(filled.s, "{{") {
		return name
	}
	k.tree.use(s)
	return filled
}
