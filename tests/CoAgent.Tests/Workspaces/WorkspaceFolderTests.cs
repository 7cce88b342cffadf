using System.Runtime.Versioning;
using CoAgent.Proxy.Workspaces;

namespace CoAgent.Tests.Workspaces;

[SupportedOSPlatform("linux")]
public sealed class WorkspaceFolderTests : IDisposable
{
    private readonly DirectoryInfo _root = Directory.CreateTempSubdirectory("coagent-");

    public void Dispose() => _root.Delete(recursive: true);

    [Fact]
    public void The_chosen_directory_wins_over_everything()
    {
        Make("project/.coagent/");
        Make("other/");

        Assert.Equal(At("other"), Find("project", chosen: At("other"), config: At("project/mcp.json")));
        Assert.Equal(At("other"), Find("project", chosen: "../other/"));
    }

    [Fact]
    public void A_chosen_directory_that_is_not_there_says_what_to_do()
    {
        var failure = Assert.Throws<WorkspaceException>(() => Find("", chosen: At("nowhere")));

        Assert.Equal(
            $"The workspace '{At("nowhere")}' does not exist. "
            + "Create it, or correct --workspace or COAGENT_WORKSPACE.", failure.Message);
    }

    [Fact]
    public void An_empty_choice_is_no_choice()
    {
        Make("project/.git/");

        Assert.Equal(At("project"), Find("project", chosen: ""));
    }

    [Fact]
    public void A_named_config_makes_its_directory_the_workspace()
    {
        Make("project/.coagent/");
        Make("project/configs/");

        Assert.Equal(At("project/configs"), Find("project", config: "configs/mcp.json"));
        Assert.Equal(At("project"), Find("", config: At("project/.coagent/mcp.json")));
    }

    [Theory]
    [InlineData("project/.coagent/")]
    [InlineData("project/mcp.json")]
    [InlineData("project/.mcp.json")]
    [InlineData("project/.git/")]
    [InlineData("project/.git")]
    public void The_nearest_marked_ancestor_is_the_workspace(string mark)
    {
        Make("project/deep/down/");
        Make(mark);

        Assert.Equal(At("project"), Find("project/deep/down"));
        Assert.Equal(At("project"), Find("project"));
    }

    [Fact]
    public void A_state_directory_further_up_wins_over_a_nearer_config()
    {
        Make("project/.coagent/");
        Make("project/package/mcp.json");

        Assert.Equal(At("project"), Find("project/package"));
    }

    [Fact]
    public void Without_a_mark_the_start_directory_is_the_workspace()
    {
        Make("project/deep/");

        Assert.Equal(At("project/deep"), Find("project/deep"));
    }

    [Fact]
    public void Marks_at_home_or_above_do_not_count_unless_one_starts_there()
    {
        Make("project/.coagent/");
        Make("project/home/.coagent/");
        Make("project/home/work/");

        Assert.Equal(At("project/home/work"), Find("project/home/work", home: At("project/home")));
        Assert.Equal(At("project/home"), Find("project/home", home: At("project/home")));
    }

    [Fact]
    public void The_state_directory_is_for_the_owner_only_and_ignored_by_git()
    {
        var folder = new WorkspaceFolder(_root.FullName);
        Directory.CreateDirectory(folder.StateDirectory);
        File.SetUnixFileMode(folder.StateDirectory, (UnixFileMode)0b111_111_111);

        folder.CreateStateDirectory();

        Assert.Equal((UnixFileMode)0b111_000_000, File.GetUnixFileMode(folder.StateDirectory));
        Assert.Equal("*\n", File.ReadAllText(Path.Combine(folder.StateDirectory, ".gitignore")));
    }

    private string Find(string start, string? chosen = null, string? config = null, string home = "/no/such/home") =>
        WorkspaceFolder.Find(At(start), chosen, config, home).Root;

    private string At(string path) => Path.TrimEndingDirectorySeparator(Path.Combine(_root.FullName, path));

    private void Make(string path)
    {
        var full = Path.Combine(_root.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        if (!path.EndsWith('/'))
        {
            File.WriteAllText(full, "");
        }
    }
}
