package io.drawbridge.intake;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;

@DisplayName("Several intakes on one H2")
class CloudTrailIntakeOnH2Tests extends CloudTrailIntakeConcurrencyTests {
    private static IntakeHouse house;

    @BeforeAll
    static void build() {
        house = IntakeHouse.inMemory();
    }

    @AfterAll
    static void pullDown() {
        house.close();
    }

    @Override
    IntakeHouse house() {
        return house;
    }
}
