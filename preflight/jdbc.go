package preflight

import (
	"net/url"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/preflight/facts"
)

// jdbc is a URI of a driver of Java.
type jdbc struct {
	kind, scheme, name string
	servers            []string
	user, password     facts.Secret
	// parameters are those after the question mark, by their names as they are written.
	parameters map[string]string
}

// parseJDBC reads a URI. It answers why it cannot be used, or no kind where there is
// no client for it.
func parseJDBC(text string) (j jdbc, skip string) {
	scheme, rest, ok := strings.Cut(strings.TrimPrefix(text, "jdbc:"), "://")
	if !ok {
		return j, ""
	}
	port := int64(3306)
	switch j.scheme, _, _ = strings.Cut(scheme, ":"); j.scheme {
	case "postgresql":
		j.kind, port = "postgresql", 5432
	case "mysql", "mariadb":
		j.kind = "mysql"
	default:
		return j, ""
	}
	hosts, after, _ := strings.Cut(rest, "/")
	if strings.ContainsAny(hosts, "()") {
		return j, "its hosts are written in a form that this program does not read"
	}
	if login, after, ok := strings.Cut(hosts, "@"); ok {
		user, password, _ := strings.Cut(login, ":")
		j.user, j.password, hosts = facts.Secret{Text: user}, facts.Secret{Text: password}, after
	}
	for _, a := range conf.Addresses(hosts, port) {
		j.servers = append(j.servers, a.String())
	}
	j.name, after, _ = strings.Cut(after, "?")
	j.name, _ = url.PathUnescape(j.name)
	if len(j.servers) == 0 {
		skip = "it names no server"
	}
	j.parameters = map[string]string{}
	for part := range strings.SplitSeq(after, "&") {
		name, value, _ := strings.Cut(part, "=")
		if value, err := url.QueryUnescape(value); err == nil && name != "" {
			j.parameters[name] = value
		}
	}
	if user, ok := j.parameters["user"]; ok {
		j.user = facts.Secret{Text: user}
	}
	if password, ok := j.parameters["password"]; ok {
		j.password = facts.Secret{Text: password}
	}
	return j, skip
}

// schema is PostgreSQL's.
func (j jdbc) schema() string {
	schema, _, _ := strings.Cut(j.parameters["currentSchema"], ",")
	return schema
}
