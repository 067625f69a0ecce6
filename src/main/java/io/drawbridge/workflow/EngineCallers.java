package io.drawbridge.workflow;

import io.drawbridge.identity.Caller;
import io.drawbridge.identity.ForbiddenException;
import io.drawbridge.identity.People;
import io.drawbridge.identity.Person;
import io.drawbridge.identity.PersonId;
import org.camunda.bpm.engine.impl.context.Context;
import org.camunda.bpm.engine.impl.identity.Authentication;
import org.springframework.stereotype.Component;

/** Who is speaking when a task is completed through the engine: the person that the engine has authenticated. */
@Component
class EngineCallers {
    private final People people;

    EngineCallers(People people) {
        this.people = people;
    }

    /**
     * The person behind the current engine command.
     *
     * @throws ForbiddenException if there is none: a job, or code of ours, never answers for a person
     */
    Caller current() {
        Authentication authentication = Context.getCommandContext().getAuthentication();
        if (authentication == null || authentication.getUserId() == null) {
            throw new ForbiddenException("Only a signed-in person completes a task.");
        }
        PersonId id = new PersonId(authentication.getUserId());
        Person person = people.find(id)
                .filter(Person::active)
                .orElseThrow(() -> new ForbiddenException(id + " is not a person of this installation."));
        return new Caller(person, person.tenant(), null, false);
    }
}
