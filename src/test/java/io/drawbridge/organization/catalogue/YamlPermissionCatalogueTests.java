package io.drawbridge.organization.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.drawbridge.organization.PermissionCatalogue.CataloguedPermission;
import io.drawbridge.organization.PermissionCatalogue.CataloguedService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("The catalogue of privileged permissions")
class YamlPermissionCatalogueTests {

    private static final String BUILT_IN = "classpath:/catalogue/";

    private static final String GAMES =
            """
            service: games
            title: Games
            groups:
              - name: Scores
                reason: Changes who has won.
                permissions:
                  - games:DeleteScore
            """;

    @TempDir
    Path folder;

    @ParameterizedTest(name = "{0}:{1}")
    @CsvSource({
        "s3, DeleteBucket",
        "iam, CreateAccessKey",
        "iam, PassRole",
        "ec2, TerminateInstances",
        "ec2, GetPasswordData",
        "cloudtrail, StopLogging",
        "organizations, LeaveOrganization",
        "secretsmanager, GetSecretValue",
        "kms, ScheduleKeyDeletion",
        "gamelift, CreateFleet"
    })
    @DisplayName("R10 knows")
    void knowsPrivilegedPermission(String service, String action) {
        var catalogue = YamlPermissionCatalogue.read(List.of(BUILT_IN));

        assertThat(catalogue.find(service, action)).hasValueSatisfying(found -> {
            assertThat(found.name()).hasToString(service + ":" + action);
            assertThat(found.reason()).endsWith(".");
        });
    }

    @Test
    @DisplayName("R10 covers at least 28 services, each by its name and in order")
    void coversServices() {
        var catalogue = YamlPermissionCatalogue.read(List.of(BUILT_IN));

        assertThat(catalogue.services())
                .extracting(CataloguedService::service)
                .hasSizeGreaterThanOrEqualTo(28)
                .isSorted()
                .contains("iam", "s3", "ec2", "kms", "sso", "gamelift");
        assertThat(catalogue.service("S3"))
                .hasValueSatisfying(s3 -> assertThat(s3.title()).isEqualTo("Amazon S3"));
        assertThat(catalogue.service("nothing")).isEmpty();
    }

    @Test
    @DisplayName("R10 finds a permission however it is written, and keeps AWS's spelling")
    void findsWithoutRegardToCase() {
        var catalogue = YamlPermissionCatalogue.read(List.of(BUILT_IN));

        assertThat(catalogue.find("S3", "deletebucket"))
                .map(CataloguedPermission::name)
                .hasToString("Optional[s3:DeleteBucket]");
        assertThat(catalogue.find("s3", "ListBucket")).isEmpty();
        assertThat(catalogue.find("s3", "*")).isEmpty();
    }

    @Test
    void extendsBuiltInCatalogueByFolder() throws IOException {
        write("games.yaml", GAMES);
        write(
                "sqs.yaml",
                GAMES.replace("games:DeleteScore", "sqs:ReceiveMessage")
                        .replace("service: games", "service: sqs")
                        .replace("title: Games", "title: Amazon SQS"));

        var catalogue = YamlPermissionCatalogue.read(List.of(BUILT_IN, "file:" + folder));

        assertThat(catalogue.find("games", "DeleteScore")).isPresent();
        assertThat(catalogue.find("sqs", "ReceiveMessage")).isPresent();
        assertThat(catalogue.find("sqs", "DeleteQueue")).isPresent();
    }

    @ParameterizedTest(name = "\"{0}\" in place of \"{1}\": {2}")
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
            colour: red           | title: Games          | "colour" is no known key; expected [groups, service, title].
            why: Changes it.      | reason: Changes who has won. | "why" is no known key; expected [name, permissions, reason].
            reason: ''            | reason: Changes who has won. | group "Scores": "reason" is missing; add it.
            reason: yes           | reason: Changes who has won. | "reason" is no text of one line
            - games:Delete*       | - games:DeleteScore   | "games:Delete*" holds a wildcard; name each IAM action.
            - s3:DeleteBucket     | - games:DeleteScore   | "s3:DeleteBucket" is of another service; expected "games:" before it
            - DeleteScore         | - games:DeleteScore   | "DeleteScore" is no IAM action; expected service:Action
            - 7                   | - games:DeleteScore   | "7" is no IAM action
            service: chess        | service: games        | name it "chess.yaml"
            title: [              | title: Games          | is no YAML that can be read; correct it.
            title: !!java.net.URL [a] | title: Games      | is no YAML that can be read; correct it.
            service: games        | title: Games          | found duplicate key service
            """)
    void refusesWhatItDoesNotKnow(String written, String instead, String message) throws IOException {
        write("games.yaml", GAMES.replace(instead, written));

        assertThatThrownBy(() -> YamlPermissionCatalogue.read(List.of("file:" + folder)))
                .isInstanceOf(InvalidCatalogueException.class)
                .hasMessageContaining("games.yaml")
                .hasMessageContaining(message);
    }

    @Test
    void refusesPermissionThatStandsTwice() throws IOException {
        write("games.yaml", GAMES + "      - games:deletescore\n");

        assertThatThrownBy(() -> YamlPermissionCatalogue.read(List.of("file:" + folder)))
                .hasMessageContaining("\"games:deletescore\" stands already in")
                .hasMessageContaining("remove one of them.");
    }

    @Test
    void namesAllProblemsAtOnce() throws IOException {
        write("games.yaml", GAMES.replace("games:DeleteScore", "games:*"));
        write("chess.yaml", GAMES);

        assertThatThrownBy(() -> YamlPermissionCatalogue.read(List.of("file:" + folder)))
                .hasMessageContaining("holds a wildcard")
                .hasMessageContaining("name it \"games.yaml\"");
    }

    @Test
    void refusesFolderWithoutFiles() {
        assertThatThrownBy(() -> YamlPermissionCatalogue.read(List.of("file:" + folder)))
                .hasMessageContaining("holds no *.yaml file; correct drawbridge.catalogue.locations.");
        assertThatThrownBy(() -> YamlPermissionCatalogue.read(List.of()))
                .hasMessageContaining("drawbridge.catalogue.locations is empty");
    }

    private void write(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }
}
