package probe

import (
	"context"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/implycheck/implycheck/internal/text/mask"
	"github.com/implycheck/implycheck/preflight/facts"
)

const (
	// longestText is more than anybody reads of a reason: another side may answer with
	// a whole page.
	longestText = 2000
	// shortestSecret is what can be told from a word.
	shortestSecret = 8
)

// readable is an answer as it may be seen: without the secrets of its question and those
// that were found on the way, which another side may repeat, and without texts that have no
// end.
func readable(a facts.Answer, q *facts.Question, found []string) facts.Answer {
	var hide []string
	for _, s := range secretsOf(q) {
		found = append(found, reveal(s))
	}
	for _, s := range found {
		hide = append(hide, forms(s)...)
	}
	hider := strings.NewReplacer(hide...)
	a = mask.Each(a, func(text string) string {
		text = hider.Replace(text)
		if len(text) > longestText {
			text = strings.ToValidUTF8(text[:longestText], "") + " ..."
		}
		return text
	})
	a.Name = q.Name
	return a
}

// keyring are the secrets that a question leads to: keys of the environment, tokens.
type keyring struct {
	sync.Mutex
	found []string
}

// list are those that were found until now.
func (k *keyring) list() []string {
	k.Lock()
	defer k.Unlock()
	return slices.Clone(k.found)
}

// ofQuestion is where the context of a question has its keyring.
type ofQuestion struct{}

// keep notes secrets, so that nobody sees them in the answer.
func keep(ctx context.Context, secrets ...string) {
	if k, ok := ctx.Value(ofQuestion{}).(*keyring); ok {
		k.Lock()
		defer k.Unlock()
		k.found = append(k.found, secrets...)
	}
}

// secretsOf are those that a question has.
func secretsOf(q *facts.Question) []facts.Secret {
	switch {
	case q.Store != nil:
		return []facts.Secret{q.Store.Secret, q.Store.JavaSecret, q.Store.Signature}
	case q.Database != nil:
		return []facts.Secret{q.Database.Password}
	case q.Session != nil:
		return []facts.Secret{q.Session.Login}
	case q.KeyStore != nil:
		return []facts.Secret{q.KeyStore.Password}
	}
	return nil
}

// unset is a variable that a question needs and that is not set here: Druid may have it.
func unset(q *facts.Question) string {
	needed := secretsOf(q)
	switch {
	case q.Store != nil:
		needed = append(needed, q.Store.AccessKey)
	case q.Database != nil:
		needed = append(needed, q.Database.User)
	}
	for _, s := range needed {
		if _, set := os.LookupEnv(s.Variable); s.Variable != "" && s.Text == "" && !set {
			return s.Variable
		}
	}
	return ""
}

// forms are in what another side may repeat a secret, each with what is put there: as it
// is, and for a signature that is part of a URL its own part of it.
func forms(secret string) (list []string) {
	fields, _ := url.ParseQuery(strings.TrimPrefix(secret, "?"))
	signature := fields.Get("sig")
	for _, text := range []string{secret, signature, url.QueryEscape(signature)} {
		if len(text) >= shortestSecret {
			list = append(list, text, "****")
		}
	}
	return list
}
