package preflight

import (
	"encoding/json"
	"strings"

	"github.com/implycheck/implycheck/conf"
	"github.com/implycheck/implycheck/preflight/facts"
)

// elsewhere is why something is not asked that a password is needed for.
const elsewhere = "its password is provided by something else than the configuration and the environment"

// secretOf reads a password as Druid does: a text, a provider of one
// ({"type":"default","password":"x"} or {"type":"environment","variable":"X"}), or
// ${env:X}. The environment is that of whoever runs this. It is false where somebody
// else provides it.
func secretOf(v conf.Value) (secret facts.Secret, told bool) {
	text := strings.TrimSpace(v.Text)
	if name, ok := strings.CutPrefix(text, "${env:"); ok && strings.HasSuffix(name, "}") && !strings.Contains(name, "${") {
		name, preset, _ := strings.Cut(strings.TrimSuffix(name, "}"), ":-")
		return facts.Secret{Variable: name, Text: preset}, true
	}
	if !v.Set || !v.Known() {
		return facts.Secret{}, !v.Set
	}
	return provided(v.Text)
}

// provided reads a text or a provider of one.
func provided(text string) (secret facts.Secret, told bool) {
	var provider struct{ Type, Password, Variable string }
	if !strings.HasPrefix(strings.TrimSpace(text), "{") || json.Unmarshal([]byte(text), &provider) != nil {
		return facts.Secret{Text: text}, true
	}
	switch provider.Type {
	case "default":
		return facts.Secret{Text: provider.Password}, true
	case "environment":
		return facts.Secret{Variable: provider.Variable}, true
	}
	return facts.Secret{}, false
}
