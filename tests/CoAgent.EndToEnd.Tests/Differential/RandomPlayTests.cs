using System.Security.Cryptography;
using CoAgent.Trials.Differential;
using CoAgent.Trials.Plays;

namespace CoAgent.EndToEnd.Tests.Differential;

/// <summary>Random programs of agents that repair themselves end as if they had run one after the other, byte for byte.</summary>
/// <remarks>Each run has new seeds and prints the first; <c>COAGENT_TRIALS_SEED</c> repeats them.</remarks>
public sealed class RandomPlayTests
{
    private const int CoordinatedCount = 60;
    private const int ForeignCount = 15;
    private const int SerialCount = 40;
    private const int UncoordinatedCount = 15;

    [Fact]
    public async Task Every_interleaving_ends_as_the_serial_run()
    {
        var campaign = await CampaignAsync("mtpo", CoordinatedCount);

        Assert.Empty(await FailuresAsync(campaign));
    }

    /// <summary>Servers that know nothing of CoAgent: what their tools touch, and how it is taken back, is in the catalog that ships.</summary>
    [Theory]
    [InlineData(StageServer.Filesystem)]
    [InlineData(StageServer.Memory)]
    public async Task Every_interleaving_before_a_foreign_server_ends_as_the_serial_run(StageServer server)
    {
        var campaign = await CampaignAsync("mtpo", ForeignCount, server);

        Assert.Empty(await FailuresAsync(campaign));
    }

    /// <summary>What the comparison is worth: where nobody meets anybody nothing differs, and the programs do nothing by chance.</summary>
    [Fact]
    public async Task One_agent_after_the_other_needs_no_coordination()
    {
        var campaign = await CampaignAsync(Campaign.Serially, SerialCount);

        Assert.Empty(await FailuresAsync(campaign));
    }

    /// <summary>What the comparison is worth: it sees what goes wrong where nobody coordinates.</summary>
    [Fact]
    public async Task Without_coordination_most_do_not()
    {
        var campaign = await CampaignAsync("none", UncoordinatedCount);

        Assert.InRange((await FailuresAsync(campaign)).Count, UncoordinatedCount / 3, UncoordinatedCount);
    }

    private static async Task<Campaign> CampaignAsync(string protocol, int count, StageServer server = StageServer.Workspace) => new(await NpmFolder.OpenAsync())
    {
        Server = server,
        Protocol = protocol,
        SeedCount = count,
        FirstSeed = Environment.GetEnvironmentVariable("COAGENT_TRIALS_SEED") is { } seed
            ? int.Parse(seed)
            : RandomNumberGenerator.GetInt32(1, 1_000_000_000),
    };

    private static async Task<List<string>> FailuresAsync(Campaign campaign)
    {
        var failures = new List<string>();
        await foreach (var failure in campaign.FailuresAsync(CancellationToken.None))
        {
            failures.Add(failure);
        }

        Report.Write($"differential-{campaign.Server}-{campaign.Protocol}", campaign.Summary + Environment.NewLine);
        return failures;
    }
}
