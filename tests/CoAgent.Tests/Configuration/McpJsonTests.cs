using System.Text;
using CoAgent.Protocol.Order;
using CoAgent.Proxy.Configuration;
using CoAgent.Runtime.Coordination;

namespace CoAgent.Tests.Configuration;

public sealed class McpJsonTests
{
    private static readonly Dictionary<string, string> NoVariables = [];

    [Fact]
    public void A_clients_file_works_unchanged()
    {
        var configuration = Reading.Good("""
            {
              // the clients' own
              "mcpServers": {
                "files": { "command": "npx", "args": ["-y", "a-server", "."], "env": { "MODE": "x" }, "alwaysAllow": ["read"], },
                "tracker": { "type": "http", "url": "https://example.test/mcp", "headers": { "Authorization": "Bearer ${TOKEN}" } },
                "workspace": { "builtin": "workspace", "root": "." },
                "off": { "command": "${MISSING}", "disabled": true },
              },
              "inputs": [], /* not ours */
            }
            """, ("TOKEN", "t0ken"));

        Assert.Equal(Reading.Folder, configuration.Directory);
        Assert.Equal(["off"], configuration.Disabled.AsEnumerable());
        Assert.Equal(["files", "tracker", "workspace"], configuration.Servers.Select(server => server.Name));
        var files = Assert.IsType<ServerDefinition.Stdio>(configuration.Servers[0]);
        Assert.Equal("npx", files.Command);
        Assert.Equal(["-y", "a-server", "."], files.Args.AsEnumerable());
        Assert.Equal("x", files.Env["MODE"]);
        Assert.Equal(Reading.Folder, files.WorkingDirectory);
        var tracker = Assert.IsType<ServerDefinition.Http>(configuration.Servers[1]);
        Assert.Equal("https://example.test/mcp", tracker.Url.AbsoluteUri);
        Assert.Equal("Bearer t0ken", tracker.Headers["authorization"]);
        Assert.Equal(Reading.Folder, Assert.IsType<ServerDefinition.Builtin>(configuration.Servers[2]).Root);
    }

    [Fact]
    public void Without_our_key_everything_has_its_default()
    {
        var configuration = Reading.Good("""{"mcpServers": {"s": {"command": "x"}}}""");

        var expected = new ProxyOptions
        {
            Journal = Path.Combine(Reading.Folder, ".coagent", "journal.db"),
            Catalog = Path.Combine(Reading.Folder, "tools-catalog"),
        };
        Assert.Equal(expected, configuration.Options);
        Assert.Equal(new ServerOptions(), configuration.Servers[0].Options);
        Assert.Equal(TimeSpan.FromHours(1), configuration.Servers[0].Options.Timeout);
        Assert.Equal(TimeSpan.FromMinutes(15), expected.Lease);
        Assert.Equal(33_554_432, expected.Limits.MessageBytesMax);
    }

    [Fact]
    public void Every_option_can_be_set()
    {
        var options = Reading.Options("""
            {
              "journal": "j.db", "catalog": "../c", "gate": "ack", "irreversible": "defer", "unknownTools": "isolate",
              "onDisconnect": "abort", "disconnectGrace": 2.5, "lease": "01:02:03",
              "order": ["planner", { "name": "coder", "await": true }, "*"],
              "protocol": "2pl", "durability": "normal", "listen": "::1", "port": 8765,
              "limits": { "sessionsMax": 7 }
            }
            """);

        var expected = new ProxyOptions
        {
            Journal = Path.Combine(Reading.Folder, "j.db"),
            Catalog = Path.GetFullPath("../c", Reading.Folder),
            Gate = GateMode.Ack,
            Irreversible = IrreversibleMode.Defer,
            UnknownTools = UnknownToolMode.Isolate,
            OnDisconnect = DisconnectPolicy.Abort,
            DisconnectGrace = TimeSpan.FromSeconds(2.5),
            Lease = new TimeSpan(1, 2, 3),
            Order = [new OrderEntry("planner"), new OrderEntry("coder", Await: true), new OrderEntry("*")],
            Protocol = CoordinationProtocol.TwoPhaseLocking,
            Durability = Durability.Normal,
            Listen = "::1",
            Port = 8765,
            Limits = new Limits { SessionsMax = 7 },
        };
        Assert.Equal(expected, options);
    }

    [Fact]
    public void Every_server_option_can_be_set()
    {
        var server = Reading.Good("""
            {"mcpServers": {"s": {"command": "x"}}, "coagent": {"servers": {"s": {"prefix": "p_", "allow": ["read_*"],
              "deny": ["*_all"], "timeout": 90, "scope": "shared", "profile": "files", "shell": true}}}}
            """).Servers[0];

        var expected = new ServerOptions
        {
            Prefix = "p_",
            Allow = ["read_*"],
            Deny = ["*_all"],
            Timeout = TimeSpan.FromSeconds(90),
            Scope = ServerScope.Shared,
            Profile = "files",
            Shell = ["*"],
        };
        Assert.Equal(expected, server.Options);
    }

    [Theory]
    [InlineData("read_file", true)]
    [InlineData("read_all", false)]
    [InlineData("write_file", false)]
    [InlineData("x1", true)]
    [InlineData("x12", false)]
    public void A_tool_is_offered_when_allowed_and_not_denied(string tool, bool isOffered) =>
        Assert.Equal(isOffered, new ServerOptions { Allow = ["read_*", "x?"], Deny = ["*_all"] }.Offers(tool));

    [Fact]
    public void An_empty_allow_offers_nothing_and_an_absent_one_everything()
    {
        Assert.False(new ServerOptions { Allow = [] }.Offers("a"));
        Assert.True(new ServerOptions().Offers("a"));
    }

    [Theory]
    [InlineData("""{"url": "https://example.test/mcp"}""")]
    [InlineData("""{"type": "http", "url": "https://example.test/mcp"}""")]
    [InlineData("""{"type": "streamable-http", "url": "https://example.test/mcp"}""")]
    [InlineData("""{"type": "streamableHttp", "url": "https://example.test/mcp"}""")]
    [InlineData("""{"type": "http", "url": "https://example.test/mcp", "command": "not this"}""")]
    public void A_url_is_streamable_http(string entry) => Reading.Server<ServerDefinition.Http>(entry);

    [Theory]
    [InlineData("""{"command": "x"}""")]
    [InlineData("""{"type": "stdio", "command": "x"}""")]
    [InlineData("""{"type": "local", "command": "x"}""")]
    [InlineData("""{"type": "stdio", "command": "x", "url": "not this"}""")]
    public void A_command_is_stdio(string entry) => Reading.Server<ServerDefinition.Stdio>(entry);

    [Fact]
    public void Relative_paths_are_relative_to_the_file()
    {
        var server = Reading.Server<ServerDefinition.Stdio>("""{"command": "./bin/server", "args": ["./data"], "cwd": "sub"}""");

        Assert.Equal(Path.Combine(Reading.Folder, "bin", "server"), server.Command);
        Assert.Equal(Path.Combine(Reading.Folder, "sub"), server.WorkingDirectory);
        Assert.Equal(["./data"], server.Args.AsEnumerable());
        Assert.Equal("bin/server", Reading.Server<ServerDefinition.Stdio>("""{"command": "bin/server"}""").Command);
        Assert.Equal(".server", Reading.Server<ServerDefinition.Stdio>("""{"command": ".server"}""").Command);
        Assert.Equal(
            Path.GetFullPath("..", Reading.Folder),
            Reading.Server<ServerDefinition.Builtin>("""{"builtin": "workspace", "root": ".."}""").Root);
        Assert.Equal(Reading.Folder, Reading.Server<ServerDefinition.Builtin>("""{"builtin": "workspace"}""").Root);
    }

    [Fact]
    public void Localhost_is_the_loopback_address() =>
        Assert.Equal("127.0.0.1", Reading.Options("""{"listen": "localhost"}""").Listen);

    [Fact]
    public void A_byte_order_mark_is_no_fault()
    {
        byte[] content = [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("""{"mcpServers": {}}""")];

        Assert.IsType<LoadResult.Loaded>(McpJson.Parse(Reading.File, content, NoVariables));
    }

    [Theory]
    [InlineData("{}", "needs nothing installed")]
    [InlineData("""{"mcpServers": {}}""", "needs nothing installed")]
    [InlineData("""{"servers": {"s": {"command": "x"}}}""", "rename that to \"mcpServers\"")]
    public void A_file_without_servers_is_legal_and_warned_of(string json, string hint)
    {
        var warning = Assert.Single(Assert.IsType<LoadResult.Loaded>(Reading.Read(json)).Warnings);

        Assert.Equal("mcpServers", warning.Key);
        Assert.Contains(hint, warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_good_file_has_no_warnings() =>
        Assert.Empty(Assert.IsType<LoadResult.Loaded>(Reading.Read("""{"mcpServers": {"s": {"command": "x"}}}""")).Warnings);

    [Fact]
    public void What_says_the_same_is_equal_and_what_differs_is_not()
    {
        const string Json = """
            {"mcpServers": {"s": {"command": "x", "args": ["a"], "env": {"A": "1"}}, "h": {"url": "http://h/", "headers": {"A": "1"}}},
             "coagent": {"order": ["a"], "servers": {"s": {"allow": ["a"]}}}}
            """;
        var first = Reading.Good(Json);

        Assert.Equal(first, Reading.Good(Json.Replace(": ", ":  ", StringComparison.Ordinal)));
        Assert.Equal(first.GetHashCode(), Reading.Good(Json).GetHashCode());
        foreach (var (old, changed) in new[]
        {
            ("[\"a\"], \"env\"", "[\"b\"], \"env\""), ("{\"A\": \"1\"}}, \"h\"", "{\"A\": \"2\"}}, \"h\""),
            ("http://h/", "http://h/2"), ("{\"A\": \"1\"}}}", "{\"A\": \"2\"}}}"), ("\"order\": [\"a\"]", "\"order\": [\"b\"]"),
            ("\"allow\": [\"a\"]", "\"allow\": [\"b\"]"),
        })
        {
            Assert.Contains(old, Json, StringComparison.Ordinal);
            Assert.NotEqual(first, Reading.Good(Json.Replace(old, changed, StringComparison.Ordinal)));
        }
    }

    [Fact]
    public void Only_the_server_that_changed_differs()
    {
        var before = Reading.Good("""{"mcpServers": {"a": {"command": "x"}, "b": {"command": "y"}}}""");
        var after = Reading.Good("""{"mcpServers": {"a": {"command": "x"}, "b": {"command": "z"}}}""");

        Assert.Equal(before.Servers[0], after.Servers[0]);
        Assert.NotEqual(before.Servers[1], after.Servers[1]);
    }

    [Fact]
    public void Secrets_are_not_printed()
    {
        var configuration = Reading.Good("""
            {"mcpServers": {
              "a": {"command": "x", "args": ["--key", "${SECRET}"], "env": {"KEY": "${SECRET}"}},
              "b": {"url": "https://h/${SECRET}?key=${SECRET}", "headers": {"Authorization": "Bearer ${SECRET}"}}}}
            """, ("SECRET", "hunter2"));

        Assert.DoesNotContain("hunter2", $"{configuration} {string.Join(' ', configuration.Servers)}", StringComparison.Ordinal);
        Assert.Equal("a (stdio)", configuration.Servers[0].ToString());
    }
}
