package io.drawbridge;

import static org.assertj.core.api.Assertions.assertThat;

import io.drawbridge.grant.GrantState;
import io.drawbridge.request.AccessRequest;
import io.drawbridge.request.RequestStatus;
import io.drawbridge.stage.Cast;
import io.drawbridge.stage.Stage;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The happy path, from asking to taking back. */
class LifeOfARequestTest extends Stage {

    @Test
    @DisplayName("R50 R51 R52 opens exactly what was approved, and takes it back at its end")
    void opensWhatWasApprovedAndTakesItBack() {
        AccessRequest request = aPendingRequest();
        assertThat(request.status()).isEqualTo(RequestStatus.PENDING);
        assertThat(cloud.whoHasAccess()).isEmpty();

        decisions.approve(as(Cast.BOB), request.id(), "Fine.", "PT1H");
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.PROVISIONING);
        runDueJobs();

        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.ACTIVE);
        assertThat(cloud.whoHasAccess()).singleElement().satisfies(access -> {
            assertThat(access.account()).isEqualTo(Cast.PROD);
            assertThat(access.permission()).isEqualTo("s3:DeleteBucket");
        });

        after(Duration.ofHours(1).minusSeconds(1));
        assertThat(cloud.whoHasAccess()).hasSize(1);

        after(Duration.ofSeconds(1));
        assertThat(grantOf(request.id()).state()).isEqualTo(GrantState.REVOKED);
        assertThat(cloud.whoHasAccess()).isEmpty();
        assertThat(runtime.createProcessInstanceQuery().count()).isZero();
    }
}
