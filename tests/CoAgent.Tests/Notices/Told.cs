using System.Collections.Immutable;
using System.Text;
using CoAgent.Protocol.Notices;
using CoAgent.Protocol.Objects;
using CoAgent.Protocol.Order;
using CoAgent.Runtime.Coordination;
using CoAgent.Runtime.Tools;
using CoAgent.Tests.Results;

namespace CoAgent.Tests.Notices;

/// <summary>Notices, as a test writes them: told to <c>coder</c>, because of <c>planner</c>.</summary>
internal static class Told
{
    public static readonly NamedCall Read = Call(12, "coder", "read_file", """{"path":"geo.yaml"}""");
    public static readonly NamedCall Edit = Call(13, "coder", "edit_file", """{"path":"geo.yaml","old":"bad","new":"good"}""");
    public static readonly NamedCall Write = Call(14, "coder", "write_file", """{"path":"canary.yaml","content":"image: geo:bad"}""");
    public static readonly NamedCall Cause = Call(20, "planner", "edit_file", """{"path":"geo.yaml","old":"geo:bad","new":"geo:good"}""");

    public const string Was = "name: geo\nimage: geo:bad\nreplicas: 3\n";
    public const string Now = "name: geo\nimage: geo:good\nreplicas: 3\n";

    public static ToldNotice Stale(string was = Was, string now = Now) =>
        Of(NoticeKind.Stale, new ToldEntry(Read, Read.Id, Answers.Text(was), Answers.Text(now))) with { Candidates = [Write] };

    public static ToldNotice Of(NoticeKind kind, params ImmutableArray<ToldEntry> entries) => new(
        new Notice(
            new NoticeId(4), kind, new TransactionId(3),
            kind == NoticeKind.Stale ? ObjectPattern.Parse("file:/repo/geo.yaml") : null,
            [.. entries.Select(static entry => new NoticeEntry(entry.Id, Was: null, Now: null))],
            new NoticeCause(Cause.Id, new Rank(1)), [Write.Id], IsAskedAgain: false),
        entries, Cause, []);

    public static ToldNotice Caused(ToldNotice told, NoticeCause cause, NamedCall? call) =>
        told with { Cause = call, Notice = told.Notice with { Cause = cause } };

    public static ToldEntry Entry(NamedCall call, ToolResult? was, ToolResult? now) =>
        new(call, call.Id, was, now) { Objects = [ObjectPattern.Parse("file:/repo/geo.yaml")] };

    public static NamedCall Call(long id, string agent, string tool, string arguments) =>
        new(new CallId(id), AgentId.Create(agent), new ToolRequest("files", tool, Encoding.UTF8.GetBytes(arguments)));
}
