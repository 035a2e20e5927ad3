package probe

import (
	"cmp"
	"context"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// webIdentity asks Amazon for the keys of a role, for the token that Kubernetes has put
// into a file. It is asked where the environment says, and never where a tree does.
func webIdentity(ctx context.Context) (found, error) {
	file, role := os.Getenv("AWS_WEB_IDENTITY_TOKEN_FILE"), os.Getenv("AWS_ROLE_ARN")
	token, err := smallFile(file)
	if err != nil {
		return found{}, errUnsupported{fmt.Sprintf("the token of the web identity cannot be read (%v): run it in a pod of Druid", err)}
	}
	keep(ctx, strings.TrimSpace(string(token)))
	form := url.Values{
		"Action": {"AssumeRoleWithWebIdentity"}, "Version": {"2011-06-15"}, "RoleArn": {role},
		"RoleSessionName": {cmp.Or(os.Getenv("AWS_ROLE_SESSION_NAME"), "implycheck-preflight")}, "WebIdentityToken": {strings.TrimSpace(string(token))},
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, tokenService(role), strings.NewReader(form.Encode()))
	if err != nil {
		return found{}, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := client().Do(request)
	if err != nil {
		return found{}, errUnsupported{fmt.Sprintf("no keys for the web identity: %v", withoutURL(err))}
	}
	defer response.Body.Close()
	var said struct {
		Keys struct{ AccessKeyId, SecretAccessKey, SessionToken string } `xml:"AssumeRoleWithWebIdentityResult>Credentials"`
		Code string                                                      `xml:"Error>Code"`
		Why  string                                                      `xml:"Error>Message"`
	}
	text, _ := io.ReadAll(response.Body)
	_ = xml.Unmarshal(text, &said)
	if response.StatusCode != http.StatusOK || said.Keys.AccessKeyId == "" {
		return found{}, rejected{strings.TrimSpace(fmt.Sprintf("the web identity gets no keys of the role %s: %d %s %s", role, response.StatusCode, said.Code, said.Why))}
	}
	keys := aws.Credentials{AccessKeyID: said.Keys.AccessKeyId, SecretAccessKey: said.Keys.SecretAccessKey, SessionToken: said.Keys.SessionToken}
	return found{keys, "the web identity's role " + role}, nil
}

// tokenService is where Amazon gives keys for tokens.
func tokenService(role string) string {
	if at := firstEnv("AWS_ENDPOINT_URL_STS"); at != "" {
		return at
	}
	domain := "amazonaws.com"
	if strings.HasPrefix(role, "arn:aws-cn:") {
		domain += ".cn"
	}
	if region := firstEnv("AWS_REGION", "AWS_DEFAULT_REGION"); region != "" {
		return "https://sts." + region + "." + domain
	}
	return "https://sts." + domain
}
