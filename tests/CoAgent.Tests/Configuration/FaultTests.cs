using System.Text;
using CoAgent.Proxy.Configuration;

namespace CoAgent.Tests.Configuration;

/// <summary>Every way in which a file can be wrong: what is said, and of which key.</summary>
public sealed class FaultTests
{
    private static readonly Dictionary<string, string> NoVariables = [];

    [Theory]
    [InlineData("[]", "", "must be an object with \"mcpServers\" and is an array")]
    [InlineData("", "", "is not valid JSON")]
    [InlineData("{", "", "is not valid JSON")]
    [InlineData("{} {}", "", "is not valid JSON")]
    [InlineData("""{"mcpServers": {"s": {"command": "\ud800"}}}""", "", "half-character")]
    [InlineData("""{"mcpServers": []}""", "mcpServers", "must be an object and is an array")]
    [InlineData("""{"mcpServers": {}, "mcpServers": {}}""", "mcpServers", "is there twice")]
    [InlineData("""{"coagent": 1}""", "coagent", "must be an object and is a number")]
    public void The_file_as_a_whole(string json, string key, string message) =>
        Check(json, key, message == "half-character" ? "escape that is not a character" : message);

    [Theory]
    [InlineData("1", "mcpServers.s", "must be an object and is a number")]
    [InlineData("{}", "mcpServers.s", "needs a command, a url or a builtin.")]
    [InlineData("""{"httpUrl": "http://h/"}""", "mcpServers.s", "Rename httpUrl to url.")]
    [InlineData("""{"command": "x", "url": "http://h/"}""", "mcpServers.s", "say which with \"type\"")]
    [InlineData("""{"type": "stdio", "url": "http://h/"}""", "mcpServers.s", "needs a command.")]
    [InlineData("""{"type": "http", "command": "x"}""", "mcpServers.s", "needs a url.")]
    [InlineData("""{"type": "sse", "url": "http://h/sse"}""", "mcpServers.s.type", "use \"http\"")]
    [InlineData("""{"type": "sdtio", "command": "x"}""", "mcpServers.s.type", "Did you mean \"stdio\"?")]
    [InlineData("""{"type": 1, "command": "x"}""", "mcpServers.s.type", "must be a string and is a number")]
    [InlineData("""{"command": "x", "command": "y"}""", "mcpServers.s.command", "is there twice")]
    [InlineData("""{"command": ["x"]}""", "mcpServers.s.command", "must be a string and is an array")]
    [InlineData("""{"command": ""}""", "mcpServers.s.command", "is empty")]
    [InlineData("""{"command": "${V:-}"}""", "mcpServers.s.command", "is empty once its variables are put in")]
    [InlineData("""{"command": "x\u0000"}""", "mcpServers.s.command", "NUL")]
    [InlineData("""{"command": "x", "args": "y"}""", "mcpServers.s.args", "must be an array of strings and is a string")]
    [InlineData("""{"command": "x", "args": ["a", "b", 3]}""", "mcpServers.s.args[2]", "must be a string and is a number")]
    [InlineData("""{"command": "x", "args": ["a\u0000"]}""", "mcpServers.s.args[0]", "NUL")]
    [InlineData("""{"command": "x", "env": []}""", "mcpServers.s.env", "must be an object and is an array")]
    [InlineData("""{"command": "x", "env": {"A": 1}}""", "mcpServers.s.env.A", "must be a string and is a number")]
    [InlineData("""{"command": "x", "env": {"A=B": ""}}""", "mcpServers.s.env.A=B", "not a name that a variable can have")]
    [InlineData("""{"command": "x", "env": {"": ""}}""", "mcpServers.s.env.", "not a name that a variable can have")]
    [InlineData("""{"command": "x", "cwd": null}""", "mcpServers.s.cwd", "must be a string and is null")]
    [InlineData("""{"command": "x", "cwd": ""}""", "mcpServers.s.cwd", "is empty")]
    [InlineData("""{"command": "x", "disabled": "yes"}""", "mcpServers.s.disabled", "must be true or false and is a string")]
    [InlineData("""{"url": "example.test/mcp"}""", "mcpServers.s.url", "absolute http or https address")]
    [InlineData("""{"url": "ftp://h/"}""", "mcpServers.s.url", "absolute http or https address")]
    [InlineData("""{"url": "http://user:pass@h/"}""", "mcpServers.s.url", "put them into headers")]
    [InlineData("""{"url": "http://h/", "headers": {"A B": "1"}}""", "mcpServers.s.headers.A B", "not a name that a header can have")]
    [InlineData("""{"url": "http://h/", "headers": {"A": "1\n2"}}""", "mcpServers.s.headers.A", "line break")]
    [InlineData("""{"url": "http://h/", "headers": {"A": "ä"}}""", "mcpServers.s.headers.A", "a header cannot carry")]
    [InlineData("""{"url": "http://h/", "headers": {"A": "1", "a": "2"}}""", "mcpServers.s.headers.a", "twice, case aside")]
    [InlineData("""{"builtin": "workspaec"}""", "mcpServers.s.builtin", "Did you mean \"workspace\"?")]
    [InlineData("""{"builtin": "workspace", "command": "x"}""", "mcpServers.s.command", "does not go with builtin")]
    [InlineData("""{"builtin": "workspace", "root": 1}""", "mcpServers.s.root", "must be a string and is a number")]
    public void A_server_entry(string entry, string key, string message) =>
        Check($$"""{"mcpServers": {"s": {{entry}} } }""", key, message);

    [Theory]
    [InlineData("command", """{"command": "${NOPE}"}""")]
    [InlineData("args[1]", """{"command": "x", "args": ["a", "${NOPE}"]}""")]
    [InlineData("env.A", """{"command": "x", "env": {"A": "${NOPE}"}}""")]
    [InlineData("cwd", """{"command": "x", "cwd": "${NOPE}"}""")]
    [InlineData("url", """{"url": "${NOPE}"}""")]
    [InlineData("headers.A", """{"url": "http://h/", "headers": {"A": "Bearer ${NOPE}"}}""")]
    [InlineData("root", """{"builtin": "workspace", "root": "${NOPE}"}""")]
    public void A_missing_variable(string key, string entry) =>
        Check($$"""{"mcpServers": {"s": {{entry}} } }""", $"mcpServers.s.{key}", "needs the environment variable NOPE");

    [Theory]
    [InlineData("""{"gaet": "ack"}""", "coagent.gaet", "Did you mean \"gate\"?")]
    [InlineData("""{"whatever": 1}""", "coagent.whatever", "Known: ")]
    [InlineData("""{"gate": "akc"}""", "coagent.gate", "must be one of reissue, ack, off. Did you mean \"ack\"?")]
    [InlineData("""{"irreversible": "x"}""", "coagent.irreversible", "must be one of hold, defer.")]
    [InlineData("""{"unknownTools": "x"}""", "coagent.unknownTools", "must be one of hints, isolate, observe.")]
    [InlineData("""{"onDisconnect": "x"}""", "coagent.onDisconnect", "must be one of finish, abort.")]
    [InlineData("""{"protocol": "x"}""", "coagent.protocol", "must be one of mtpo, serial, 2pl, occ, none.")]
    [InlineData("""{"durability": true}""", "coagent.durability", "must be a string and is a boolean")]
    [InlineData("""{"journal": ""}""", "coagent.journal", "is empty")]
    [InlineData("""{"journal": "${NOPE}"}""", "coagent.journal", "variable NOPE")]
    [InlineData("""{"catalog": "${V:-}"}""", "coagent.catalog", "is empty once")]
    [InlineData("""{"lease": "soon"}""", "coagent.lease", "\"hh:mm:ss\" or a number of seconds")]
    [InlineData("""{"lease": "00:60:00"}""", "coagent.lease", "\"hh:mm:ss\" or a number of seconds")]
    [InlineData("""{"lease": true}""", "coagent.lease", "it is a boolean")]
    [InlineData("""{"lease": 0}""", "coagent.lease", "must be from 00:00:01 to 7.00:00:00")]
    [InlineData("""{"lease": 1e300}""", "coagent.lease", "must be from 00:00:01 to 7.00:00:00")]
    [InlineData("""{"lease": -1}""", "coagent.lease", "must be from 00:00:01 to 7.00:00:00")]
    [InlineData("""{"lease": "168:00:01"}""", "coagent.lease", "must be from 00:00:01 to 7.00:00:00")]
    [InlineData("""{"disconnectGrace": "01:00:01"}""", "coagent.disconnectGrace", "must be from 00:00:00 to 01:00:00")]
    [InlineData("""{"listen": "example.test"}""", "coagent.listen", "must be an IP address")]
    [InlineData("""{"listen": "1"}""", "coagent.listen", "must be an IP address")]
    [InlineData("""{"port": 65536}""", "coagent.port", "from 0 to 65535")]
    [InlineData("""{"port": -1}""", "coagent.port", "from 0 to 65535")]
    [InlineData("""{"port": 1.5}""", "coagent.port", "must be a whole number")]
    [InlineData("""{"limits": {"sessionMax": 1}}""", "coagent.limits.sessionMax", "Did you mean \"sessionsMax\"?")]
    [InlineData("""{"order": "a"}""", "coagent.order", "must be an array and is a string")]
    [InlineData("""{"order": [1]}""", "coagent.order[0]", "must be an agent's name")]
    [InlineData("""{"order": ["a", "b", "a"]}""", "coagent.order[2]", "names \"a\" a second time")]
    [InlineData("""{"order": ["*", "*"]}""", "coagent.order[1]", "names \"*\" a second time")]
    [InlineData("""{"order": ["a b"]}""", "coagent.order[0]", "is not an agent's name")]
    [InlineData("""{"order": [{"await": true}]}""", "coagent.order[0]", "needs a name")]
    [InlineData("""{"order": [{"name": "*", "await": true}]}""", "coagent.order[0]", "cannot await")]
    [InlineData("""{"order": [{"name": "a", "wait": true}]}""", "coagent.order[0].wait", "Did you mean \"await\"?")]
    [InlineData("""{"servers": {"filse": {}}}""", "coagent.servers.filse", "Did you mean \"files\"?")]
    [InlineData("""{"servers": {"unlike": {}}}""", "coagent.servers.unlike", "Known: files, other.")]
    [InlineData("""{"servers": {"files": 1}}""", "coagent.servers.files", "must be an object and is a number")]
    [InlineData("""{"servers": {"files": {"scoop": 1}}}""", "coagent.servers.files.scoop", "Did you mean \"scope\"?")]
    [InlineData("""{"servers": {"files": {"scope": "all"}}}""", "coagent.servers.files.scope", "must be one of session, shared.")]
    [InlineData("""{"servers": {"files": {"prefix": "a/"}}}""", "coagent.servers.files.prefix", "1 to 32 of the characters")]
    [InlineData("""{"servers": {"files": {"profile": ".."}}}""", "coagent.servers.files.profile", "1 to 64 of the characters")]
    [InlineData("""{"servers": {"files": {"profile": ""}}}""", "coagent.servers.files.profile", "is empty")]
    [InlineData("""{"servers": {"files": {"allow": [""]}}}""", "coagent.servers.files.allow", "empty pattern")]
    [InlineData("""{"servers": {"files": {"deny": "x"}}}""", "coagent.servers.files.deny", "must be an array of strings")]
    [InlineData("""{"servers": {"files": {"timeout": 0.5}}}""", "coagent.servers.files.timeout", "must be from 00:00:01")]
    [InlineData("""{"servers": {"files": {"shell": 1}}}""", "coagent.servers.files.shell", "must be true or false")]
    [InlineData("""{"servers": {"files": {"prefix": "p"}, "other": {"prefix": "p"}}}""", "coagent.servers.other", "like files")]
    public void Our_own_key(string ours, string key, string message) =>
        Check($$"""{"mcpServers": {"files": {"command": "x"}, "other": {"command": "y"} }, "coagent": {{ours}} }""", key, message);

    [Fact]
    public void Every_fault_is_told_at_once_with_its_line()
    {
        var faults = Reading.Faults("""
            {
              "mcpServers": {
                "a": { "command": 1 },
                "b": { "url": "nowhere" }
              },
              "coagent": {
                "gate": "shut",
                "colour": "red"
              }
            }
            """);

        Assert.Equal(
            [("coagent.gate", 7), ("coagent.colour", 8), ("mcpServers.a.command", 3), ("mcpServers.b.url", 4)],
            faults.Select(fault => (fault.Key, fault.Line ?? 0)));
        Assert.StartsWith($"{Reading.File}:7: coagent.gate: must be one of", faults[0].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_syntax_fault_names_its_line()
    {
        var fault = Assert.Single(Reading.Faults("{\n  \"mcpServers\": {\n    \"a\": oops\n  }\n}"));

        Assert.Equal(3, fault.Line);
        Assert.DoesNotContain("oops", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_a_hundred_faults_are_cut()
    {
        var members = string.Join(',', Enumerable.Range(0, 150).Select(i => $"\"unknown{i}\": 1"));

        var faults = Reading.Faults($$"""{"coagent": { {{members}} } }""");

        Assert.Equal(Findings.FaultCountMax + 1, faults.Count);
        Assert.Contains("more than 100", faults[^1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_is_in_no_fault()
    {
        var faults = Reading.Faults("""
            {"mcpServers": {
              "a": {"url": "${SECRET}"}, "b": {"url": "http://u:${SECRET}@h/"},
              "c": {"url": "http://h/", "headers": {"A": "${SECRET}\n"}}, "d": {"command": "x", "env": {"A": "${SECRET}${NOPE}"}}}}
            """, ("SECRET", "hunter2"));

        Assert.Equal(4, faults.Count);
        Assert.DoesNotContain("hunter2", string.Join('\n', faults), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a", true)]
    [InlineData("A-z_0.9", true)]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("a b", false)]
    [InlineData("a/b", false)]
    [InlineData("ä", false)]
    public void A_servers_name_is_of_plain_characters(string name, bool isName)
    {
        var result = Reading.Read($$"""{"mcpServers": {"{{name}}": {"command": "x"} } }""");

        Assert.Equal(isName, result is LoadResult.Loaded);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void A_servers_name_has_at_most_64_characters(int length, bool isName)
    {
        var result = Reading.Read($$"""{"mcpServers": {"{{new string('a', length)}}": {"command": "x"} } }""");

        Assert.Equal(isName, result is LoadResult.Loaded);
    }

    [Theory]
    [InlineData(256, true)]
    [InlineData(257, false)]
    public void A_file_has_at_most_256_servers(int count, bool isTaken)
    {
        var entries = string.Join(',', Enumerable.Range(0, count).Select(i => $$"""  "s{{i}}": {"command": "x"}"""));

        Assert.Equal(isTaken, Reading.Read($$"""{"mcpServers": { {{entries}} } }""") is LoadResult.Loaded);
    }

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    public void An_order_has_at_most_a_thousand_entries(int count, bool isTaken)
    {
        var entries = string.Join(',', Enumerable.Range(0, count).Select(i => $"\"a{i}\""));

        Assert.Equal(isTaken, Reading.Read($$"""{"coagent": {"order": [{{entries}}]} }""") is LoadResult.Loaded);
    }

    [Theory]
    [InlineData(32, true)]
    [InlineData(33, false)]
    public void A_prefix_has_at_most_32_characters(int length, bool isTaken)
    {
        var json = $$"""{"mcpServers": {"s": {"command": "x"} }, "coagent": {"servers": {"s": {"prefix": "{{new string('p', length)}}"} } } }""";

        Assert.Equal(isTaken, Reading.Read(json) is LoadResult.Loaded);
    }

    [Theory]
    [InlineData("messageBytesMax", 65_536, 1_073_741_824)]
    [InlineData("nestingLevelsMax", 16, 10_000)]
    [InlineData("requestLineBytesMax", 1024, 1_048_576)]
    [InlineData("requestHeaderBytesMax", 1024, 1_048_576)]
    [InlineData("queueBytesMax", 65_536, 1_073_741_824)]
    [InlineData("connectionsMax", 1, 1_000_000)]
    [InlineData("sessionsMax", 1, 1_000_000)]
    [InlineData("openCallsPerSessionMax", 1, 1_000_000)]
    [InlineData("coordinatorQueueInputsMax", 16, 1_000_000)]
    [InlineData("openTransactionsMax", 1, 1_000_000)]
    [InlineData("journalEntriesKept", 0, 1_000_000_000)]
    public void A_limit_is_taken_from_its_least_to_its_most(string name, int least, int most)
    {
        foreach (var value in new[] { least, most })
        {
            var limits = Reading.Options($$"""{"limits": {"{{name}}": {{value}} } }""").Limits;
            var property = typeof(Limits).GetProperties().Single(property => property.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
            Assert.Equal(value, property.GetValue(limits));
        }

        Check($$"""{"coagent": {"limits": {"{{name}}": {{least - 1}} } } }""", $"coagent.limits.{name}", $"from {least} to {most}");
        Check($$"""{"coagent": {"limits": {"{{name}}": {{most + 1L}} } } }""", $"coagent.limits.{name}", $"from {least} to {most}");
    }

    [Fact]
    public void A_file_nests_at_most_64_levels()
    {
        Assert.IsType<LoadResult.Loaded>(Reading.Read(Nested(64)));
        Check(Nested(65), string.Empty, "nesting beyond 64 levels");

        static string Nested(int levels) =>
            $$"""{"x": {{new string('[', levels - 1)}}{{new string(']', levels - 1)}} }""";
    }

    [Fact]
    public void Text_that_is_not_utf8_is_a_fault()
    {
        var result = McpJson.Parse(Reading.File, [(byte)'{', 0xFF, (byte)'}'], NoVariables);

        Assert.Contains("UTF-8", Assert.Single(Assert.IsType<LoadResult.Faulty>(result).Faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_in_a_fault_is_short_and_printable()
    {
        var fault = Assert.Single(Reading.Faults($$"""{"coagent": {"\u001b[31m{{new string('x', 100)}}": 1} }"""));

        Assert.Equal($"coagent.?[31m{new string('x', 59)}…", fault.Key);
    }

    [Fact]
    public void Random_bytes_and_cut_files_are_faults_and_never_exceptions()
    {
        const string Json = """{"mcpServers": {"s": {"command": "x", "args": ["\u00e4", "${A:-b}"]}}, "coagent": {"lease": "00:01:00"}}""";
        var content = Encoding.UTF8.GetBytes(Json);
        for (var length = 0; length < content.Length; length++)
        {
            Assert.IsType<LoadResult.Faulty>(McpJson.Parse(Reading.File, content.AsSpan(0, length), NoVariables));
        }

        var random = new Random(7);
        for (var round = 0; round < 5000; round++)
        {
            var broken = content.ToArray();
            broken[random.Next(broken.Length)] = (byte)random.Next(256);
            Assert.NotNull(McpJson.Parse(Reading.File, broken, NoVariables));
        }
    }

    private static void Check(string json, string key, string message)
    {
        var faults = Reading.Faults(json);

        var fault = Assert.Single(faults);
        Assert.Equal(Reading.File, fault.File);
        Assert.Equal(key, fault.Key);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }
}
