package io.drawbridge.identity.jdbc;

import io.drawbridge.identity.PersonId;
import io.drawbridge.identity.Subjects;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class JdbcSubjects implements Subjects {
    private final JdbcClient database;

    JdbcSubjects(JdbcClient database) {
        this.database = database;
    }

    @Override
    public Optional<String> of(PersonId person) {
        return database.sql("select subject from person where id = ? and subject is not null")
                .param(person.value())
                .query(String.class)
                .optional();
    }

    @Override
    public void keep(PersonId person, String subject) {
        database.sql("update person set subject = ? where id = ? and subject is null")
                .params(subject, person.value())
                .update();
    }
}
