using System.Runtime.Versioning;
using CoAgent.Proxy.Workspaces;

namespace CoAgent.Tests.Workspaces;

[SupportedOSPlatform("linux")]
public sealed class TokenFileTests : IDisposable
{
    private readonly TemporaryWorkspace _workspace = new();

    private string File => _workspace.Folder.TokenFile;

    public void Dispose() => _workspace.Dispose();

    [Fact]
    public void A_new_token_is_long_and_for_the_owner_only()
    {
        var token = TokenFile.ReadOrCreate(File);

        Assert.Matches("^[A-Za-z0-9_-]{43}$", token);
        Assert.Equal((UnixFileMode)0b110_000_000, System.IO.File.GetUnixFileMode(File));
    }

    [Fact]
    public void A_token_is_kept_across_restarts() =>
        Assert.Equal(TokenFile.ReadOrCreate(File), TokenFile.ReadOrCreate(File));

    [Fact]
    public void Two_workspaces_have_two_tokens()
    {
        using var other = new TemporaryWorkspace();

        Assert.NotEqual(TokenFile.ReadOrCreate(File), TokenFile.ReadOrCreate(other.Folder.TokenFile));
    }

    [Theory]
    [InlineData(0b110_100_000)]
    [InlineData(0b110_000_100)]
    [InlineData(0b110_010_000)]
    public void A_token_that_others_could_have_read_is_refused_with_the_command_that_mends_it(int mode)
    {
        TokenFile.ReadOrCreate(File);
        System.IO.File.SetUnixFileMode(File, (UnixFileMode)mode);

        var failure = Assert.Throws<WorkspaceException>(() => TokenFile.Read(File));

        Assert.Equal(
            $"The token file '{File}' can be read by others, so the token is not used. Run: chmod 600 '{File}'",
            failure.Message);
        Assert.Throws<WorkspaceException>(() => TokenFile.ReadOrCreate(File));
    }

    [Fact]
    public void A_missing_token_says_how_to_get_one()
    {
        var failure = Assert.Throws<WorkspaceException>(() => TokenFile.Read(File));

        Assert.EndsWith("Start the daemon with: coagent serve", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4097)]
    public void A_file_that_cannot_be_a_token_is_refused(int length)
    {
        TokenFile.ReadOrCreate(File);
        System.IO.File.WriteAllText(File, new string('a', length));

        var failure = Assert.Throws<WorkspaceException>(() => TokenFile.Read(File));

        Assert.Contains("holds no token", failure.Message, StringComparison.Ordinal);
    }
}
