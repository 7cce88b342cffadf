using CoAgent.Trials.Anomalies;
using CoAgent.Trials.Plays;

namespace CoAgent.EndToEnd.Tests.Anomalies;

/// <summary>The anomaly matrix over real MCP: agents behind bridges and over HTTP, a daemon, a file server.</summary>
public sealed class MatrixTests(PlayedMatrix played) : IClassFixture<PlayedMatrix>
{
    public static TheoryData<string, StageServer> Rows => Of(Matrix.Rows);

    public static TheoryData<string, StageServer> BadSchedules => Of(Matrix.Rows.Where(row => row.CanHappenUncoordinated));

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Holds_at_quiescence(string id, StageServer server) =>
        Assert.Null((await PlayAsync(id, server, "mtpo")).Failure);

    [Theory]
    [MemberData(nameof(BadSchedules))]
    public async Task The_bad_schedule_is_bad_where_nobody_coordinates(string id, StageServer server)
    {
        var failure = (await PlayAsync(id, server, "none")).Failure;

        Assert.StartsWith("not ", failure, StringComparison.Ordinal);
    }

    private static TheoryData<string, StageServer> Of(IEnumerable<Row> rows)
    {
        var data = new TheoryData<string, StageServer>();
        foreach (var row in rows)
        {
            foreach (var server in row.Servers)
            {
                data.Add(row.Id, server);
            }
        }

        return data;
    }

    private Task<RowResult> PlayAsync(string id, StageServer server, string protocol) =>
        played.Matrix.PlayAsync(Matrix.Rows.Single(row => row.Id == id), server, protocol, CancellationToken.None);
}
