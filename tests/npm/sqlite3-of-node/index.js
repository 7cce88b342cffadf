'use strict';

// The two calls of the package `sqlite3` that mcp-sqlite makes: the first statement of a text is run, a boolean is a number.
const { DatabaseSync } = require('node:sqlite');

class Database {
    constructor(file, opened) {
        this.database = new DatabaseSync(file, { timeout: 1000 });
        setImmediate(opened, null);
    }

    all(sql, values, done) {
        this.#run(done, () => this.database.prepare(sql).all(...values.map(plain)));
    }

    run(sql, values, done) {
        this.#run((error, ended) => done.call(ended ?? {}, error), () => {
            const ended = this.database.prepare(sql).run(...values.map(plain));
            return { lastID: Number(ended.lastInsertRowid), changes: Number(ended.changes) };
        });
    }

    #run(done, work) {
        let result;
        try {
            result = work();
        } catch (error) {
            setImmediate(done, error);
            return;
        }

        setImmediate(done, null, result);
    }
}

const plain = (value) => typeof value === 'boolean' ? Number(value) : value;

module.exports = { Database, verbose: () => module.exports };
