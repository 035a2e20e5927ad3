package probe

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
)

// googleFound is a token, where it is from, and what sort of file that is.
type googleFound struct {
	token      *oauth2.Token
	from, kind string
}

// googleScope is what Druid's clients ask for.
const googleScope = "https://www.googleapis.com/auth/cloud-platform"

// googleTypes are the files of credentials that are known.
var googleTypes = []google.CredentialsType{
	google.ServiceAccount, google.AuthorizedUser, google.ExternalAccount, google.ExternalAccountAuthorizedUser, google.ImpersonatedServiceAccount,
}

// googleCredentials looks where Google's libraries look: the file of
// GOOGLE_APPLICATION_CREDENTIALS, that of gcloud, the machine. The environment and the
// files are those of whoever runs this.
func googleCredentials(ctx context.Context) (googleFound, error) {
	if path := os.Getenv("GOOGLE_APPLICATION_CREDENTIALS"); path != "" {
		return googleFile(ctx, path)
	}
	if path := gcloudFile(); path != "" {
		return googleFile(ctx, path)
	}
	return googleMachine(ctx)
}

// gcloudFile is the user's file, if there is one.
func gcloudFile() string {
	dir := os.Getenv("CLOUDSDK_CONFIG")
	if home, err := os.UserHomeDir(); dir == "" && err == nil {
		dir = filepath.Join(home, ".config", "gcloud")
	}
	path := filepath.Join(dir, "application_default_credentials.json")
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

// googleForm is what has to be known of a file before its token is asked for.
type googleForm struct {
	Type   string
	From   struct{ Executable json.RawMessage } `json:"credential_source"`
	Source *googleForm                          `json:"source_credentials"` // of who takes the place of another
}

func googleFile(ctx context.Context, path string) (googleFound, error) {
	text, err := smallFile(path)
	if err != nil {
		return googleFound{}, err
	}
	var file googleForm
	if err := json.Unmarshal(text, &file); err != nil {
		return googleFound{}, rejected{path + " is not JSON"}
	}
	kind := google.CredentialsType(file.Type)
	if kind == google.GDCHServiceAccount {
		return googleFound{}, errUnsupported{path + " has credentials of Google Distributed Cloud, and this check has no token of that"}
	}
	if !slices.Contains(googleTypes, kind) {
		return googleFound{}, rejected{fmt.Sprintf("%s has credentials of an unknown type (%q)", path, file.Type)}
	}
	for f := &file; f != nil; f = f.Source {
		if f.From.Executable != nil {
			return googleFound{}, errUnsupported{path + " takes its token from a program, and this check starts none"}
		}
	}
	asking := client()
	unanswered := &unanswered{RoundTripper: asking.Transport}
	asking.Transport = unanswered
	c, err := google.CredentialsFromJSONWithType(context.WithValue(ctx, oauth2.HTTPClient, asking), text, kind, googleScope)
	if err != nil {
		return googleFound{}, rejected{path + ": " + err.Error()}
	}
	token, err := c.TokenSource.Token()
	if unanswered.err != nil {
		return googleFound{}, errUnsupported{fmt.Sprintf("no token for %s: %v", path, unanswered.err)}
	}
	if err != nil {
		return googleFound{}, googleRefusal(path, err)
	}
	return googleFound{token, path, file.Type}, nil
}

// unanswered notes why nobody answers, which the library makes a text.
type unanswered struct {
	http.RoundTripper
	err error
}

// RoundTrip asks.
func (u *unanswered) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := u.RoundTripper.RoundTrip(r)
	u.err = err
	return response, err
}

// googleRefusal is why a file gives no token: Google refuses it, or its key is no key.
func googleRefusal(path string, err error) error {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) {
		why := strings.TrimSpace(refused.ErrorCode + " " + refused.ErrorDescription)
		if why == "" {
			why = refused.Response.Status
		}
		return rejected{fmt.Sprintf("%s is refused: %s", path, why)}
	}
	return rejected{path + ": " + err.Error()}
}

// googleMachine asks the machine of Google that this runs on.
func googleMachine(ctx context.Context) (googleFound, error) {
	host := os.Getenv("GCE_METADATA_HOST")
	if host == "" {
		host = "169.254.169.254"
	}
	account := "http://" + host + "/computeMetadata/v1/instance/service-accounts/default/"
	text, err := get(ctx, http.MethodGet, account+"token", "Metadata-Flavor", "Google")
	var token struct {
		Text string `json:"access_token"`
	}
	if err != nil || json.Unmarshal([]byte(text), &token) != nil || token.Text == "" {
		return googleFound{}, errUnsupported{"neither GOOGLE_APPLICATION_CREDENTIALS nor gcloud names a file of this user, and no service account of the machine answers: run it on a server of Druid, as the user and with the environment that Druid has"}
	}
	name, err := get(ctx, http.MethodGet, account+"email", "Metadata-Flavor", "Google")
	if err != nil {
		name = "default"
	}
	return googleFound{token: &oauth2.Token{AccessToken: token.Text}, from: "the machine's service account " + strings.TrimSpace(name)}, nil
}
