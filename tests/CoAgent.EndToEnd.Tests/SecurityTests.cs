using System.Net;
using CoAgent.EndToEnd.Tests.Support;

namespace CoAgent.EndToEnd.Tests;

/// <summary>Who may come in, and what never gets out.</summary>
public sealed class SecurityTests
{
    private const string Ping = """{"jsonrpc":"2.0","id":1,"method":"ping"}""";
    private const string Initialize =
        """{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"raw","version":"1"}}}""";

    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task By_default_only_this_machine_is_listened_to()
    {
        await using var workspace = Files();
        await using var daemon = await workspace.ServeAsync(None);

        Assert.Equal("127.0.0.1", daemon.Url.Host);
        Assert.Equal(["0100007F"], ListeningAddresses(daemon.Process.Id, daemon.Url.Port));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    [InlineData("")]
    public async Task Without_the_token_nothing_is_served_and_the_answer_says_where_it_is(string? token)
    {
        await using var workspace = Files();
        await using var daemon = await workspace.ServeAsync(None);

        foreach (var path in (string[])["/mcp", "/mcp/agent", "/status", "/other"])
        {
            using var client = new RawHttpClient(new Uri(daemon.Url, path), token);
            await using var response = await client.PostAsync(Initialize, None);

            Assert.Equal(HttpStatusCode.Unauthorized, response.Status);
            Assert.Equal("Bearer", response.Header("WWW-Authenticate"));
            var words = await response.TextAsync(None);
            Assert.Contains("Authorization: Bearer", words);
            Assert.Contains(".coagent/token", words);
        }

        Assert.Empty((await workspace.StatusAsync(None)).GetProperty("sessions").EnumerateArray());
    }

    [Theory]
    [InlineData("Basic {0}")]
    [InlineData("{0}")]
    [InlineData("Bearer {0}x")]
    [InlineData("Bearer x{0}")]
    public async Task A_token_counts_only_whole_and_in_its_scheme(string header)
    {
        await using var workspace = Files();
        await using var daemon = await workspace.ServeAsync(None);
        using var client = new RawHttpClient(daemon.Url);

        await using var response = await client.PostAsync(
            Initialize, None, ("Authorization", string.Format(null, header, workspace.Token())));

        Assert.Equal(HttpStatusCode.Unauthorized, response.Status);
    }

    [Fact]
    public async Task Without_a_token_asked_for_a_client_of_this_machine_needs_none()
    {
        await using var workspace = Files();
        await using var daemon = await workspace.ServeAsync(None, "--no-token");
        using var client = new RawHttpClient(daemon.Url);

        Assert.False((await client.InitializeAsync(None)).IsError);
        Assert.False(daemon.Announcement.GetProperty("http").TryGetProperty("headers", out _));
    }

    [Fact]
    public async Task The_files_of_the_daemon_are_for_their_owner_alone()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // files have no modes there
        }

        await using var workspace = Files();
        await using var client = workspace.Connect();
        await client.InitializeAsync(None);
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

        var state = workspace.PathOf(".coagent");
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(state) & Others);
        foreach (var name in (string[])["token", "daemon.json", "daemon.lock", "daemon.log", "start.lock"])
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(state, name)));
        }

        var socket = workspace.FindDaemon()!.Socket;
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(socket) & Others);
        Assert.Equal(
            UnixFileMode.None,
            File.GetUnixFileMode(Path.GetDirectoryName(socket)!) & (UnixFileMode.GroupWrite | UnixFileMode.OtherWrite));
    }

    [Theory]
    [InlineData("evil.example")]
    [InlineData("evil.example:80")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("localhost.evil.example")]
    [InlineData("10.0.0.1")]
    public async Task A_host_that_is_not_this_machine_is_refused(string host)
    {
        await using var workspace = Files();
        await using var daemon = await workspace.ServeAsync(None);
        using var client = workspace.Http();

        await using var response = await client.PostAsync(Initialize, None, ("Host", host));

        Assert.Equal(HttpStatusCode.Forbidden, response.Status);
        Assert.Contains("use 127.0.0.1 or localhost", await response.TextAsync(None));
    }

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("https://localhost.evil.example")]
    [InlineData("http://127.0.0.1.evil.example:80")]
    [InlineData("null")]
    [InlineData("file://")]
    public async Task A_page_of_another_site_is_refused(string origin)
    {
        await using var workspace = Files();
        await using var daemon = await workspace.ServeAsync(None);
        using var client = workspace.Http();

        await using var response = await client.PostAsync(Initialize, None, ("Origin", origin));

        Assert.Equal(HttpStatusCode.Forbidden, response.Status);
        Assert.Contains("Origin is not allowed", await response.TextAsync(None));
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    [InlineData("[::1]")]
    public async Task Every_name_of_this_machine_is_fine(string host)
    {
        await using var workspace = Files();
        await using var daemon = await workspace.ServeAsync(None);
        using var client = workspace.Http();
        var authority = $"{host}:{daemon.Url.Port}";

        await using var response = await client.PostAsync(
            Initialize, None, ("Host", authority), ("Origin", $"http://{authority}"));

        Assert.Equal(HttpStatusCode.OK, response.Status);
    }

    [Fact]
    public async Task All_addresses_without_a_token_are_refused_with_what_to_do()
    {
        await using var workspace = Files();

        var refused = await workspace.RunAsync(["serve", "--listen", "0.0.0.0", "--no-token"], None);

        Assert.Equal(1, refused.ExitCode);
        Assert.Equal("", refused.Output);
        Assert.Contains("Leave out --no-token, or listen on 127.0.0.1", refused.Error);
    }

    [Fact]
    public async Task All_addresses_with_a_token_are_allowed_and_the_token_is_asked_for()
    {
        await using var workspace = Files();
        await using var daemon = await workspace.ServeAsync(None, "--listen", "0.0.0.0");
        using var stranger = new RawHttpClient(daemon.Url);
        using var known = workspace.Http();

        await using var refused = await stranger.PostAsync(Ping, None);
        await using var evil = await known.PostAsync(Initialize, None, ("Origin", "http://evil.example"));

        Assert.Equal(["00000000"], ListeningAddresses(daemon.Process.Id, daemon.Url.Port));
        Assert.Equal("127.0.0.1", daemon.Url.Host);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.Status);
        Assert.Equal(HttpStatusCode.Forbidden, evil.Status);
        Assert.False((await known.InitializeAsync(None)).IsError);
        Assert.Equal(0, (await workspace.RunAsync(["status"], None)).ExitCode);
    }

    [Fact]
    public async Task Secrets_are_in_no_log_no_status_and_no_error()
    {
        const string Canary = "canary-5c1f";
        await using var locked = await HttpFixture.StartAsync(None, "echo", "--token", "another-token");
        await using var workspace = TestWorkspace.With(
            ("env", TestWorkspace.Fixture("echo")[..^1] + $$""","env":{"SECRET":"{{Canary}}-env","FROM":"${CANARY_VARIABLE}"} }"""),
            ("locked", $$"""{"type":"http","url":"{{locked.Url}}","headers":{"Authorization":"Bearer {{Canary}}-header"} }"""),
            ("gone", $$"""{"type":"http","url":"http://127.0.0.1:1/mcp?key={{Canary}}-url"}"""),
            ("broken", TestWorkspace.Fixture("faulty", "exit-at-start")[..^1] + $$""","env":{"SECRET":"{{Canary}}-broken"} }"""),
            ("absent", $$"""{"command":"no-such-command","args":["{{Canary}}-argument"]}"""));
        var environment = new Dictionary<string, string?> { ["CANARY_VARIABLE"] = $"{Canary}-variable" };
        await using var daemon = await TestDaemon.StartAsync(workspace.Start(["serve", "--json", "--log", "Trace"], environment), None);
        var token = workspace.Token();
        await using var client = workspace.Connect();
        await using var wrapped = new RawStdioClient(workspace.Start(
            ["wrap", "--name", "mine", "--", "dotnet", Repository.FixtureAssembly, "faulty", "exit-at-start"],
            new Dictionary<string, string?> { ["WRAP_SECRET"] = $"{Canary}-wrap" }));

        List<string> said = [(await client.InitializeAsync(None)).Text, (await wrapped.InitializeAsync(None)).Text];
        said.Add((await client.RequestAsync("tools/list", "{}", None)).Text);
        said.Add((await client.CallAsync("nothing", "{}", None)).Text);
        foreach (var server in (string[])["locked", "gone", "broken", "absent"])
        {
            said.Add((await workspace.RunAsync(["call", server, "echo", """{"text":"x"}"""], None)).ToString());
        }

        said.Add((await workspace.RunAsync(["status"], None)).ToString());
        said.Add((await workspace.RunAsync(["status", "--json"], None)).ToString());
        said.Add((await workspace.RunAsync(["doctor"], None, environment: environment)).ToString());
        workspace.Write("mcp.json", $$"""{"mcpServers":{"bad":{"command":"x","env":{"KEY":["{{Canary}}-bad"]} } },"coagent":{"lease":"{{Canary}}-lease"} }""");
        said.Add((await workspace.WaitForStatusAsync(
            status => status.GetProperty("configurationFaults").GetArrayLength() > 0, "the faults", None)).GetRawText());
        Assert.Equal($"{Canary}-variable", (await client.CallAsync("environment", """{"name":"FROM"}""", None)).FirstText);
        await daemon.StopAsync(None);
        var log = await daemon.Process.ReadStderrAsync(None);
        said.AddRange([log, client.Process.Stderr, wrapped.Process.Stderr]);

        Assert.Contains("locked", log); // the log is there and speaks of the servers
        Assert.All(said, text => Assert.DoesNotContain(Canary, text));
        Assert.All(said, text => Assert.DoesNotContain(token, text));
    }

    private static TestWorkspace Files() => TestWorkspace.With(("files", TestWorkspace.Builtin));

    // The local addresses of the sockets that listen on a port, as the kernel writes them.
    private static IEnumerable<string> ListeningAddresses(int processId, int port) =>
        File.ReadLines($"/proc/{processId}/net/tcp")
            .Concat(File.ReadLines($"/proc/{processId}/net/tcp6").Skip(1))
            .Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields[3] == "0A" && fields[1].EndsWith($":{port:X4}", StringComparison.Ordinal))
            .Select(fields => fields[1].Split(':')[0]);
}
