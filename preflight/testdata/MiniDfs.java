import java.io.BufferedReader;
import java.io.InputStreamReader;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.AclEntry;
import org.apache.hadoop.fs.permission.FsPermission;
import org.apache.hadoop.hdfs.DFSTestUtil;
import org.apache.hadoop.hdfs.DistributedFileSystem;
import org.apache.hadoop.hdfs.MiniDFSCluster;
import org.apache.hadoop.hdfs.MiniDFSNNTopology;
import org.apache.hadoop.hdfs.protocol.HdfsConstants.SafeModeAction;
import org.apache.hadoop.security.UserGroupInformation;

/**
 * HDFS on the loopback: MiniDfs FOLDER PORT[,PORT] [NAME=VALUE]... With two ports it has two NameNodes, the first
 * of which is active. Then each line of standard input is something to do, which is answered by a line.
 */
public class MiniDfs {
  public static void main(String[] args) throws Exception {
    Configuration conf = new Configuration();
    conf.set(MiniDFSCluster.HDFS_MINIDFS_BASEDIR, args[0] + "/dfs");
    for (int i = 2; i < args.length; i++) {
      String[] property = args[i].split("=", 2);
      conf.set(property[0], property[1]);
    }
    UserGroupInformation.setConfiguration(conf);
    if (conf.get("test.principal") != null) {
      UserGroupInformation.loginUserFromKeytab(conf.get("test.principal"), conf.get("dfs.namenode.keytab.file"));
    }
    String[] ports = args[1].split(",");
    MiniDFSCluster.Builder builder = new MiniDFSCluster.Builder(conf).numDataNodes(1).checkDataNodeHostConfig(true);
    if (ports.length == 1) {
      builder.nameNodePort(Integer.parseInt(ports[0]));
    } else {
      builder.nnTopology(new MiniDFSNNTopology().addNameservice(new MiniDFSNNTopology.NSConf("meadow")
          .addNN(new MiniDFSNNTopology.NNConf("a").setIpcPort(Integer.parseInt(ports[0])))
          .addNN(new MiniDFSNNTopology.NNConf("b").setIpcPort(Integer.parseInt(ports[1])))));
    }
    MiniDFSCluster cluster = builder.build();
    if (ports.length > 1) {
      cluster.transitionToActive(0);
    }
    cluster.waitActive();
    System.out.println("up");
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      try {
        act(cluster, line.trim().split(" "));
        System.out.println("done");
      } catch (Exception e) {
        System.out.println("failed: " + e);
        e.printStackTrace();
      }
    }
    System.exit(0);
  }

  private static void act(MiniDFSCluster cluster, String[] word) throws Exception {
    switch (word[0]) {
      case "standby":
        cluster.transitionToStandby(Integer.parseInt(word[1]));
        return;
      case "active":
        cluster.transitionToActive(Integer.parseInt(word[1]));
        return;
      case "datanode":
        cluster.stopDataNode(0);
        return;
      default:
    }
    DistributedFileSystem fs = cluster.getFileSystem(0);
    switch (word[0]) {
      case "folder": // PATH OWNER GROUP MODE
        fs.mkdirs(new Path(word[1]));
        fs.setPermission(new Path(word[1]), new FsPermission(word[4]));
        fs.setOwner(new Path(word[1]), word[2], word[3]);
        break;
      case "acl": // PATH ENTRIES
        fs.modifyAclEntries(new Path(word[1]), AclEntry.parseAclSpec(word[2], true));
        break;
      case "file": // PATH
        fs.create(new Path(word[1])).close();
        break;
      case "quota": // PATH NAMES SPACE
        fs.setQuota(new Path(word[1]), Long.parseLong(word[2]), Long.parseLong(word[3]));
        break;
      case "safe": // ENTER or LEAVE
        fs.setSafeMode(SafeModeAction.valueOf("SAFEMODE_" + word[1]));
        break;
      case "zone": // PATH
        DFSTestUtil.createKey("key", cluster, cluster.getConfiguration(0));
        fs.createEncryptionZone(new Path(word[1]), "key");
        break;
      case "list": // PATH
        StringBuilder names = new StringBuilder("has");
        for (org.apache.hadoop.fs.FileStatus s : fs.listStatus(new Path(word[1]))) {
          names.append(' ').append(s.getPath().getName());
        }
        System.out.println(names);
        break;
      default:
        throw new IllegalArgumentException(word[0]);
    }
  }
}
