using System.Text;
using CoAgent.Proxy.Ingress;
using CoAgent.Proxy.Wire;
using Microsoft.AspNetCore.Http;

namespace CoAgent.Tests.Ingress;

public sealed class RequestTests
{
    private const string Meta = """ "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}} """;

    [Theory]
    [InlineData("127.0.0.1:80", null, null)]
    [InlineData("localhost", null, null)]
    [InlineData("LOCALHOST:1", null, null)]
    [InlineData("[::1]:80", null, null)]
    [InlineData("127.9.9.9", null, null)]
    [InlineData("evil.example", null, 403)]
    [InlineData("localhost.evil.example", null, 403)]
    [InlineData("127.0.0.1.evil.example", null, 403)]
    [InlineData("192.168.1.1", null, 403)]
    [InlineData("", null, 403)]
    [InlineData("localhost", "http://localhost:3000", null)]
    [InlineData("localhost", "https://127.0.0.1", null)]
    [InlineData("localhost", "http://evil.example", 403)]
    [InlineData("localhost", "http://localhost.evil.example", 403)]
    [InlineData("localhost", "null", 403)]
    [InlineData("localhost", "", 403)]
    public void Only_this_machines_pages_and_programs_come_in(string host, string? origin, int? status)
    {
        var request = Request(host, origin);
        Assert.Equal(status, new RequestGuard(token: null, isLoopbackOnly: true).Refuse(request)?.Status);
    }

    [Theory]
    [InlineData("box.example:80", "http://box.example", 403)]
    [InlineData("box.example:8080", "http://box.example:8080", null)]
    [InlineData("box.example", "http://other.example", 403)]
    public void Beyond_this_machine_a_page_of_the_same_address_comes_in(string host, string origin, int? status)
    {
        var refusal = new RequestGuard(token: null, isLoopbackOnly: false).Refuse(Request(host, origin));
        Assert.Equal(host == "box.example:80" ? 403 : status, refusal?.Status);
    }

    [Theory]
    [InlineData("Bearer secret", null)]
    [InlineData("bearer secret ", null)]
    [InlineData("Bearer  secret", null)]
    [InlineData("Bearer Secret", 401)]
    [InlineData("Bearer secre", 401)]
    [InlineData("Bearer secret1", 401)]
    [InlineData("Bearer", 401)]
    [InlineData("Basic secret", 401)]
    [InlineData("secret", 401)]
    [InlineData("", 401)]
    public void The_token_is_shown_whole(string authorization, int? status)
    {
        var request = Request("localhost", origin: null);
        request.Headers.Authorization = authorization;
        var refusal = new RequestGuard("secret", isLoopbackOnly: true).Refuse(request);
        Assert.Equal(status, refusal?.Status);
        Assert.DoesNotContain("secret", refusal?.Message ?? "");
    }

    [Theory]
    [InlineData(null, true, true)]
    [InlineData("application/json, text/event-stream", true, true)]
    [InlineData("application/json", true, false)]
    [InlineData("TEXT/EVENT-STREAM", false, true)]
    [InlineData("*/*", true, true)]
    [InlineData("application/*", true, false)]
    [InlineData("text/html", false, false)]
    public void A_client_gets_what_it_takes(string? accept, bool json, bool events)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers.Accept = accept;
        Assert.Equal((json, events), (AcceptHeader.TakesJson(request), AcceptHeader.TakesEvents(request)));
    }

    [Theory]
    [InlineData("2026-07-28", "tools/call", "add", null)]
    [InlineData("2026-07-28", "tools/call", "=?base64?YWRk?=", null)]
    [InlineData(" 2026-07-28 ", " tools/call ", " add ", null)]
    [InlineData("", "tools/call", "add", -32020)]
    [InlineData("2025-11-25", "tools/call", "add", -32020)]
    [InlineData("2026-07-28", "", "add", -32020)]
    [InlineData("2026-07-28", "tools/list", "add", -32020)]
    [InlineData("2026-07-28", "Tools/Call", "add", -32020)]
    [InlineData("2026-07-28", "tools/call", "", -32020)]
    [InlineData("2026-07-28", "tools/call", "sub", -32020)]
    [InlineData("2026-07-28", "tools/call", "=?base64?*?=", -32020)]
    public void The_headers_of_a_modern_call_say_what_its_body_says(string version, string method, string name, int? code)
    {
        var frame = Frame($$$"""{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"add", {{{Meta}}} }}""");
        var request = Headers(version, method, name);
        Assert.True(ModernHeaders.Apply(request, frame));
        Assert.Equal(code, ModernHeaders.Fault(request, frame)?.Code);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}""", -32602)]
    [InlineData("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}""", null)]
    public void A_modern_request_names_its_version_and_capabilities(string json, int? code) =>
        Assert.Equal(code, ModernHeaders.Fault(Headers("2026-07-28", "tools/list", ""), Frame(json))?.Code);

    [Fact]
    public void A_legacy_request_is_not_checked() => Assert.False(
        ModernHeaders.Apply(Headers("2025-11-25", "", ""), Frame("""{"jsonrpc":"2.0","id":1,"method":"tools/list"}""")));

    [Theory]
    [InlineData(100, true)]
    [InlineData(101, false)]
    public async Task A_body_may_be_as_long_as_the_limit(int length, bool isTaken)
    {
        foreach (var isAnnounced in new[] { true, false })
        {
            var request = new DefaultHttpContext().Request;
            request.Body = new MemoryStream(Enumerable.Repeat((byte)'x', length).ToArray());
            request.ContentLength = isAnnounced ? length : null;
            var body = await HttpBody.ReadAsync(request, bytesMax: 100);
            Assert.Equal(isTaken ? length : null, body?.Length);
        }
    }

    [Fact]
    public async Task The_lines_of_a_body_become_one()
    {
        var request = new DefaultHttpContext().Request;
        request.Body = new MemoryStream("{\r\n\"a\":\n1}"u8.ToArray());
        Assert.Equal("{  \"a\": 1}", Encoding.UTF8.GetString((await HttpBody.ReadAsync(request, bytesMax: 100))!));
    }

    [Theory]
    [InlineData("""{"name":"Claude Code/2"}""", "ClaudeCode2")]
    [InlineData("""{"name":"é"}""", "client")]
    [InlineData("""{"name":5}""", "client")]
    [InlineData("[]", "client")]
    [InlineData("""{"name":"0123456789012345678901234567890123456789X"}""", "0123456789012345678901234567890123456789")]
    public void A_clients_name_is_what_can_stand_in_a_line(string info, string name)
    {
        Assert.Equal(name, ClientName.Of(Frame($$$"""{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"clientInfo":{{{info}}} }}""")));
        Assert.Equal(name, ClientName.Of(Frame($$$$"""{"jsonrpc":"2.0","id":1,"method":"m","params":{"_meta":{"io.modelcontextprotocol/clientInfo":{{{{info}}}} }}}""")));
    }

    [Fact]
    public void A_client_without_a_name_is_a_client() => Assert.Equal("client", ClientName.Of(Frame("""{"jsonrpc":"2.0","id":1,"method":"m"}""")));

    private static HttpRequest Request(string host, string? origin)
    {
        var request = new DefaultHttpContext().Request;
        request.Host = new HostString(host);
        if (origin is not null)
        {
            request.Headers.Origin = origin;
        }

        return request;
    }

    private static HttpRequest Headers(string version, string method, string name)
    {
        var request = new DefaultHttpContext().Request;
        request.Headers["MCP-Protocol-Version"] = version;
        request.Headers["Mcp-Method"] = method;
        request.Headers["Mcp-Name"] = name;
        return request;
    }

    private static JsonRpcFrame Frame(string json) => JsonRpcFrame.Parse(Encoding.UTF8.GetBytes(json));
}
